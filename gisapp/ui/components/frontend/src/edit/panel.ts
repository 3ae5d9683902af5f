import { type TemplateResult, html, nothing } from 'lit'
import { number } from '../format'
import { define } from '../mount'
import { icon } from '../panels/icons'
import { Panel } from '../panels/panel'
import { OFFICIAL } from '../parts'
import { base } from '../styles'
import { t } from '../texts'
import { conflictPanel } from './conflict-panel'
import { coordinates } from './coords'
import type { Editor } from './editor'
import { TOOLS, infoOf, toolForm } from './forms'
import type { Gestures } from './gestures'
import { automatic, findings, fitness, footprint, parcels } from './numbers'
import { panelStyles } from './panel-styles'
import { discardDialog, saveDialog } from './save'
import type { ToolId } from './toolbox'
import { needs, valueForm } from './values'

/** Where the keyboard goes when a tool is taken up. */
const FIRST_FIELD: Partial<Record<ToolId, string>> = { split_area: '#area', values: '.fields input' }

/** The right panel while editing: tools, live numbers, what is wrong, and how to save. */
export class EditPanel extends Panel {
  static override properties = { editor: { attribute: false }, gestures: { attribute: false } }
  static override styles = [base, panelStyles]
  declare editor: Editor
  declare gestures: Gestures
  private readonly drawn = (): void => this.requestUpdate()
  private last = ''

  override connectedCallback(): void {
    super.connectedCallback()
    this.editor?.addEventListener('change', this.drawn)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.editor.removeEventListener('change', this.drawn)
  }

  protected override firstUpdated(): void {
    this.editor.addEventListener('change', this.drawn)
  }

  /** A dialog or a tool with a field takes the keyboard once, when it appears. */
  protected override updated(): void {
    const { editor } = this
    const now = editor.dialog !== 'none' ? editor.dialog : editor.tools.tool
    if (now === this.last) return
    this.last = now
    const first = editor.dialog === 'reason' ? '#why' : editor.dialog === 'discard' ? '#stay' : FIRST_FIELD[editor.tools.tool]
    if (first) this.renderRoot.querySelector<HTMLElement>(first)?.focus()
    else if (this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement instanceof HTMLInputElement) this.renderRoot.activeElement.blur()
  }

  override render(): TemplateResult {
    const { editor } = this
    const { session, tools } = editor
    if (!session) return html`<div class="panel"></div>`
    const focus = session.fabric.get(tools.focus) ?? session.origin.get(session.focus)
    return html`<article class="panel" aria-label=${t('编辑界线')} @keydown=${this.keyed}>
      <header>
        <p class="kicker"><span>${t('编辑界线')}</span>${this.where()}</p>
        <h2 class="ellipsis" title=${focus?.parcel_id ?? ''}>${focus?.title || (focus?.parcel_id ?? '')}${tools.picked.length > 1 ? html` <span class="mute num">＋${number(tools.picked.length - 1)}</span>` : nothing}</h2>
        <button class="close" aria-label=${t('结束编辑')} title=${t('结束编辑（Esc）')} @click=${() => editor.leave()}>${icon('close', 14)}</button>
      </header>
      ${this.bands()}
      ${session.conflict ? html`<div class="scroll">${conflictPanel(editor)}</div>` : this.work()}
      ${editor.dialog === 'reason' ? saveDialog(editor) : editor.dialog === 'discard' ? discardDialog(editor) : this.footer()}
    </article>`
  }

  private where(): TemplateResult | typeof nothing {
    const { session, state } = this.editor
    if (!session || session.branch === OFFICIAL) return nothing
    const branch = state?.branches.find(({ name }) => name === session.branch)
    return html`<span>${t('方案')} · ${branch?.title ?? session.branch}</span>`
  }

  private bands(): TemplateResult {
    const { session, dialog } = this.editor
    const target = session?.preview?.target
    return html`
      ${target?.forced && dialog !== 'reason' ? html`<div class="band" data-forced><b>${t('拟调整，登记未变更')}</b>${target.why ?? ''}</div>` : nothing}
      ${session?.previewer.offline ? html`<div class="band bad" role="alert"><b>${t('连接中断')}</b>${t('编辑保留在本页，正在重新连接；恢复后自动继续')}</div>` : nothing}
      ${session?.problem && dialog !== 'reason' && !session.conflict ? html`<div class="band bad" role="alert" data-problem><b>${session.problem.message}</b>${session.problem.action}</div>` : nothing}`
  }

  private work(): TemplateResult {
    const { editor, gestures } = this
    const { tool } = editor.tools
    return html`
      <div class="tools" role="toolbar" aria-label=${t('编辑工具')}>${TOOLS.map((info) => html`<button aria-pressed=${info.id === tool} data-tool=${info.id}
        title="${t(info.title)}（${info.key}）" @click=${() => editor.tools.choose(info.id)}><span>${t(info.title)}</span></button>`)}</div>
      <div class="scroll" tabindex="-1">
        <p class="hint">${t(infoOf(tool).hint)}</p>
        ${tool === 'values' ? valueForm(editor) : tool === 'points' ? coordinates(editor, gestures) : toolForm(editor)}
        ${fitness(editor)}
        ${footprint(editor)}
        ${findings(editor)}
        ${parcels(editor)}
        ${needs(editor)}
        ${automatic(editor)}
      </div>`
  }

  private footer(): TemplateResult {
    const { editor } = this
    const session = editor.session!
    const kept = session.drafts.failed ? t('草稿未能保存，正在重试') : session.drafts.savedAt ? t('草稿已存') : ''
    return html`<footer>
      <button class="btn primary" id="save" ?disabled=${session.intents.length === 0 || session.conflict !== null || session.preview?.ok === false} @click=${() => editor.save()}>${t('保存')}<kbd>Enter</kbd></button>
      <button class="btn small" aria-label=${t('撤回一步')} title=${t('撤回一步（Ctrl+Z）')} ?disabled=${session.intents.length === 0} @click=${() => editor.undo()}>↶</button>
      <button class="btn small" aria-label=${t('重做一步')} title=${t('重做一步（Ctrl+Y）')} ?disabled=${session.undone.length === 0} @click=${() => editor.redo()}>↷</button>
      <span class="steps num">${t('{count} 步', { count: session.intents.length })}${kept ? html`<br />${kept}` : nothing}</span>
    </footer>`
  }

  /** In a field, Esc leaves the field or the dialog; elsewhere the desk hears it. */
  private keyed(event: KeyboardEvent): void {
    const target = event.composedPath()[0]
    const inField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    if (event.key !== 'Escape' || !inField) return
    event.stopPropagation()
    if (this.editor.dialog !== 'none') this.editor.ask('none')
    else target.blur()
  }
}

define('gis-edit', EditPanel)
