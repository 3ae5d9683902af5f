import { type TemplateResult, html, nothing } from 'lit'
import { number } from '../format'
import { titled } from '../panels/rules'
import { t } from '../texts'
import type { ParcelCard } from '../types'
import type { Editor } from './editor'
import type { EditSession } from './session'
import type { Need } from './types'

type Attribute = ParcelCard['attributes'][number]

const isEditable = (item: Attribute): boolean => item.editable !== false && item.field !== 'parcel_id'

/** Fields of the chosen parcels: what is left empty stays as it is. */
export function valueForm(editor: Editor): TemplateResult {
  const { tools } = editor
  const fields = (editor.card?.attributes ?? []).filter(isEditable)
  const one = tools.picked.length === 1 && tools.picked[0] === editor.card?.parcel_id
  if (fields.length === 0) return html`<p class="mute">${t('没有可修改的字段：先在地图上选择一宗已有地块，再进入编辑')}</p>`
  return html`<form class="form column" @submit=${(event: Event) => apply(event, editor, fields)}>
    <p class="num">${t('修改所选 {count} 宗；留空的字段不变', { count: tools.picked.length })}</p>
    <div class="fields">${fields.map((item) => field(item, titled(item.title, item.title_en), one))}</div>
    <button class="btn primary">${t('应用')}</button></form>`
}

const field = (item: Attribute, title: string, one: boolean): TemplateResult => html`<label class="field"><span class="ellipsis" title=${title}>${title}</span>
    ${input(item, one)}
    <button type="button" class="clear" title=${t('清空这个字段')} aria-label=${t('清空 {title}', { title })} aria-pressed="false"
      @click=${(event: Event) => toggle(event.currentTarget as HTMLElement)}>∅</button></label>`

function input(item: Attribute, one: boolean): TemplateResult {
  if (item.options?.length)
    return html`<select name=${item.field}><option value="">${one && !item.missing ? item.text : t('不变')}</option>${item.options.map((option) => html`<option value=${option.value}>${option.title}</option>`)}</select>`
  return html`<input name=${item.field} autocomplete="off" placeholder=${one && !item.missing ? item.text : t('不变')} />`
}

function toggle(button: HTMLElement): void {
  button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'))
}

function apply(event: Event, editor: Editor, fields: Attribute[]): void {
  event.preventDefault()
  const form = event.currentTarget as HTMLFormElement
  const values: Record<string, string | null> = {}
  for (const { field } of fields) {
    const element = form.elements.namedItem(field) as HTMLInputElement | HTMLSelectElement
    const clears = element.parentElement?.querySelector('.clear')?.getAttribute('aria-pressed') === 'true'
    if (clears) values[field] = null
    else if (element.value.trim() !== '') values[field] = element.value.trim()
  }
  const { session, tools } = editor
  if (!session || Object.keys(values).length === 0) return editor.desk.toast(t('没有填写任何字段'), 'bad')
  session.push(session.make.values(tools.picked, values))
  form.reset()
  // The next Enter saves, the next letter is a key again.
  const root = form.getRootNode()
  if (root instanceof ShadowRoot && root.activeElement instanceof HTMLElement) root.activeElement.blur()
  for (const button of form.querySelectorAll('.clear')) button.setAttribute('aria-pressed', 'false')
}

/** Sums that a split leaves open: each part gets what the user gives it, never a share in silence. */
export function needs(editor: Editor): TemplateResult | typeof nothing {
  const { session } = editor
  if (!session || session.needs.length === 0) return nothing
  const fields = [...new Set(session.needs.map((need) => need.parcel_id))]
  return html`<section class="needs"><h3>${t('分摊到各部分（留空为资料不足）')}</h3>
    ${fields.map((id) => html`${session.needs.filter((need) => need.parcel_id === id).map((need) => allocation(session, need))}`)}</section>`
}

/** Return what a part has been given of a field in the steps so far. */
function givenTo(session: EditSession, part: string, field: string): number | null {
  const given = session.intents.findLast((intent) => intent.op === 'attribute' && intent.parcel_ids.includes(part) && field in (intent.values ?? {}))
  const value = given?.values?.[field]
  return typeof value === 'number' ? value : null
}

function allocation(session: EditSession, need: Need): TemplateResult {
  const parts = need.parts.filter((part) => session.fabric.get(part))
  const given = parts.map((part) => givenTo(session, part, need.field))
  const sum = given.reduce<number>((total, value) => total + (value ?? 0), 0)
  const rest = need.total === null ? null : need.total - sum
  const all = given.every((value) => value !== null)
  return html`<div class="need"><div class="name"><span class="ellipsis" title=${need.title}>${need.title}</span>
      <span class="num mute">${t('合计 {total}', { total: number(need.total, 1, true) })} ${unit(need)}${given.some((value) => value !== null) && rest !== null && Math.abs(rest) > 1e-6
        ? html` · <b class=${all ? 'alert' : ''}>${all ? t('相差 {rest}', { rest: number(rest, 1, true) }) : t('尚余 {rest}', { rest: number(rest, 1, true) })}</b>` : nothing}</span></div>
    ${parts.map((part, i) => html`<label><span class="ellipsis" title=${part}>${part}${size(session, part)}</span>
      <input inputmode="decimal" class="num" autocomplete="off" .value=${given[i] === null ? '' : String(given[i])} placeholder=${t('资料不足')} @change=${(event: Event) => give(event, session, part, need)} /></label>`)}</div>`
}

function size(session: EditSession, part: string): TemplateResult | typeof nothing {
  const after = session.preview?.parcels.find((parcel) => parcel.parcel_id === part)?.after
  return after ? html` <span class="mute num">${number(after.mu, 2)} ${t('亩')}</span>` : nothing
}

const unit = (need: Need): string => (need.unit === 'm2' ? '㎡' : (need.unit ?? ''))

function give(event: Event, session: EditSession, part: string, need: Need): void {
  const element = event.target as HTMLInputElement
  const text = element.value.replace(/[\s\u202f,，]/g, '')
  const value = Number(text)
  const bad = text !== '' && !(value >= 0)
  element.setCustomValidity(bad ? t('请输入不小于 0 的数') : '')
  element.reportValidity()
  if (!bad) session.allocate(part, need.field, text === '' ? null : value)
}
