import { type TemplateResult, html, nothing } from 'lit'
import { number } from '../format'
import { OFFICIAL } from '../parts'
import { t } from '../texts'
import type { Editor, ReasonForm } from './editor'

const value = (event: Event): string => (event.target as HTMLInputElement).value

/** The question for the reason (变更事由), with the scheme where the register may not be changed. */
export function saveDialog(editor: Editor): TemplateResult {
  const { reason, state, session } = editor
  const set = (name: keyof ReasonForm) => (event: Event) => {
    editor.reason = { ...editor.reason, [name]: value(event) }
    editor.changed()
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void editor.commit()
  }
  const chosen = state?.reasons.find((entry) => entry.code === reason.code)
  const english = editor.desk.data.lang === 'en'
  return html`<form class="dialog" role="dialog" aria-label=${t('变更事由')} @submit=${submit} @keydown=${(event: KeyboardEvent) => keyed(event, editor)}>
    <h3>${t('变更事由')}</h3>
    <label><span>${t('事由')}</span><select id="reason" .value=${reason.code} @change=${set('code')}>
      ${state?.reasons.map((entry) => html`<option value=${entry.code} ?selected=${entry.code === reason.code}>${english ? (entry.title_en ?? entry.title) : entry.title}</option>`)}</select></label>
    <label><span>${t('变更说明')}</span><input id="why" autocomplete="off" .value=${reason.text} @input=${set('text')} placeholder=${t('改了什么，依据什么')} /></label>
    <label><span>${t('文号')}</span><input id="document" autocomplete="off" .value=${reason.document} @input=${set('document')} placeholder=${chosen?.document ? t('须填文号，没有时在说明中写明依据') : t('可不填')} /></label>
    ${session?.preview?.target.forced ? schemeFields(editor, set) : nothing}
    ${session?.problem ? html`<p class="problem" role="alert"><b>${session.problem.message}</b> ${session.problem.action}</p>` : nothing}
    <div class="buttons"><button class="btn primary" id="commit" ?disabled=${session?.saving ?? true}>${session?.saving ? t('正在保存…') : t('保存')}<kbd>Enter</kbd></button>
      <button type="button" class="btn" @click=${() => editor.ask('none')}>${t('返回')}<kbd>Esc</kbd></button></div>
  </form>`
}

/** Enter commits from every field, also from a list, where a browser would not submit. */
function keyed(event: KeyboardEvent, editor: Editor): void {
  if (event.key !== 'Enter' || (event.target as HTMLElement).tagName !== 'SELECT') return
  event.preventDefault()
  void editor.commit()
}

function schemeFields(editor: Editor, set: (name: keyof ReasonForm) => (event: Event) => void): TemplateResult {
  const { reason, state } = editor
  const open = state?.branches.filter((branch) => branch.open && branch.name !== OFFICIAL) ?? []
  return html`<div class="scheme" data-forced><p><b>${t('拟调整，登记未变更')}</b> ${editor.session?.preview?.target.why ?? ''}</p>
    <label><span>${t('存入方案')}</span><select id="scheme" @change=${set('scheme')}><option value="" ?selected=${reason.scheme === ''}>${t('新方案')}</option>
      ${open.map((branch) => html`<option value=${branch.name} ?selected=${branch.name === reason.scheme}>${branch.title}</option>`)}</select></label>
    ${reason.scheme === '' ? html`<label><span>${t('方案名称')}</span><input id="title" autocomplete="off" .value=${reason.title} @input=${set('title')} placeholder=${editor.schemeTitle} /></label>` : nothing}</div>`
}

/** Before steps are given up. */
export const discardDialog = (editor: Editor): TemplateResult => html`<div class="dialog" role="alertdialog" aria-label=${t('放弃编辑')}>
  <p><b>${t('放弃 {count} 步未保存的编辑？', { count: number(editor.session?.intents.length ?? 0) })}</b></p>
  <div class="buttons"><button class="btn primary" id="stay" @click=${() => editor.ask('none')}>${t('继续编辑')}<kbd>Esc</kbd></button>
    <button class="btn danger" id="discard" @click=${() => editor.leave()}>${t('放弃')}</button></div></div>`
