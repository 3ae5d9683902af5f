import { type PropertyValues, type TemplateResult, css, html, nothing } from 'lit'
import { type Api, explain } from '../api'
import { number } from '../format'
import { define } from '../mount'
import { icon } from '../panels/icons'
import { Panel } from '../panels/panel'
import { patch } from '../panels/swatch'
import { landUseOf, soften } from '../colour'
import { base } from '../styles'
import { t } from '../texts'
import { Ask } from './ask'
import { type BalanceAsk, balanceBody, differs, floorNote, save, signedHa } from './balance-sheet'
import { bones, empty, failed, frameStyles } from './frame'
import type { LandUse } from '../types'
import type { BalanceAnswer, BalanceRow, EditSession, Scope } from './types'

const PAUSE_MS = 250

/** The land-use balance table (用地平衡表): before and after by code, live while somebody edits. */
export class BalancePanel extends Panel {
  static override properties = {
    api: { attribute: false }, landUse: { attribute: false }, branch: { type: String }, version: { type: String }, past: { type: Boolean }, scheme: { type: Boolean }, ids: { attribute: false }, session: { attribute: false },
    scope: { state: true }, parks: { state: true }, saving: { state: true }, trouble: { state: true },
  }
  static override styles = [base, frameStyles, css`
    :host { display: flex; flex-direction: column; }
    .panel { display: flex; flex-direction: column; min-height: 0; overflow: hidden; background: #fff; }
    header { display: flex; align-items: center; gap: 8px; padding: 7px 8px 7px 14px; flex: none; min-width: 0; }
    h2 { font-size: 14px; font-weight: 600; white-space: nowrap; }
    .about { font-size: 12px; color: var(--ink-3); min-width: 0; }
    .end { margin-left: auto; display: flex; align-items: center; gap: 6px; flex: none; }
    .end .close { width: 28px; height: 26px; display: grid; place-content: center; color: var(--ink-2); border-radius: 4px; }
    .end .close:hover { background: var(--wash); }
    .scroll { overflow: auto; }
    table { border-collapse: collapse; width: 100%; }
    th { font-weight: 400; font-size: 12px; color: var(--ink-2); text-align: right; vertical-align: bottom; line-height: 1.3; padding: 3px 8px; background: #f6f8fa; white-space: nowrap; }
    thead { position: sticky; top: 0; z-index: 1; box-shadow: 0 1px 0 var(--line), 0 -1px 0 var(--line); }
    thead .group { text-align: center; padding-top: 4px; font-weight: 600; }
    td { text-align: right; padding: 4px 8px; border-bottom: 1px solid #edf0f3; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .l { text-align: left; }
    .split { border-left: 1px solid var(--line); }
    td.name { width: 40%; max-width: 0; }
    td.name span { display: flex; align-items: center; gap: 8px; min-width: 0; }
    tr:hover td { background: var(--wash); }
    tfoot { position: sticky; bottom: 0; }
    tfoot td { background: #f0f4f7; font-weight: 600; border-top: 1px solid #cbd5de; border-bottom: 0; }
    .none { color: var(--ink-3); font-size: 12px; font-weight: 400; }
    .star { color: var(--ink-3); font-weight: 400; }
    .star.off { visibility: hidden; }
    .foot { flex: none; padding: 5px 14px 6px; font-size: 12px; color: var(--ink-2); border-top: 1px solid var(--line); }
    .busy { opacity: 0.6; }
  `]
  declare api: Api
  /** Titles of the codes in the visitor's language. */
  declare landUse: LandUse[]
  declare branch: string
  declare version: string
  /** A past date is shown: the table is that day's. */
  declare past: boolean
  declare scheme: boolean
  declare ids: string[]
  declare session: EditSession | null
  declare scope: Scope
  declare parks: { id: string; title: string }[]
  declare saving: boolean
  declare trouble: { message: string; action: string } | null
  private readonly ask = new Ask<BalanceAnswer>(this)

  constructor() {
    super()
    this.scope = { kind: 'all' }
    this.parks = []
    this.ids = []
    this.session = null
    this.saving = false
    this.trouble = null
  }

  private get body(): BalanceAsk | null {
    return balanceBody(this.branch, this.scope, this.ids, this.session, this.past ? this.version : null)
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { body } = this
    const key = body === null ? null : `${JSON.stringify(body)}/${this.version}/${this.lang}`
    this.ask.put(key, (signal) => this.api.post<BalanceAnswer>('/balance', body, { signal }), !changed.has('scope') && !changed.has('branch'), changed.has('session') ? PAUSE_MS : 0)
    const parks = this.ask.value?.parks
    if (parks && parks !== this.parks) this.parks = parks
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.ask.stop()
  }

  override render(): TemplateResult {
    return html`<section class="panel" aria-label=${t('用地平衡表')}>
      <header><h2>${t('用地平衡表')}</h2>${this.scopes()}<span class="about ellipsis">${this.about()}</span>
        <span class="end">
          <button class="btn small" ?disabled=${this.saving || this.ask.value === null} @click=${() => void this.download()}>${this.saving ? t('正在生成') : t('下载 XLSX')}</button>
          <button class="close" aria-label=${t('关闭')} title=${t('关闭（Esc）')} @click=${() => this.tell('balance-close')}>${icon('close', 14)}</button></span></header>
      ${this.trouble ? html`<p class="failed" role="alert"><b>${this.trouble.message}</b> ${this.trouble.action}</p>` : nothing}
      ${this.content()}
    </section>`
  }

  private scopes(): TemplateResult {
    const { kind } = this.scope
    const chip = (scope: Scope, title: string) => html`<button class="chip num" aria-pressed=${kind === scope.kind} @click=${() => { this.scope = scope }}>${title}</button>`
    const park = this.scope.kind === 'park' ? this.scope.park : (this.parks[0]?.id ?? '')
    return html`${chip({ kind: 'all' }, t('全图'))}
      ${this.parks.length > 0 ? chip({ kind: 'park', park }, t('园区')) : nothing}
      ${kind === 'park' ? html`<select aria-label=${t('园区')} .value=${park} @change=${(event: Event) => { this.scope = { kind: 'park', park: (event.target as HTMLSelectElement).value } }}>
        ${this.parks.map((item) => html`<option value=${item.id} ?selected=${item.id === park}>${item.title}</option>`)}</select>` : nothing}
      ${chip({ kind: 'selection' }, this.ids.length > 0 ? t('所选地块 {count}', { count: number(this.ids.length) }) : t('所选地块'))}`
  }

  private about(): string {
    if (this.session) return t('随编辑实时更新')
    return this.ask.value && this.scope.kind === 'park' ? this.ask.value.title : ''
  }

  private content(): TemplateResult {
    const { answer } = this.ask
    if (answer.state === 'none') return empty(t('尚未选择地块'), t('在地图上点选地块，按住 Shift 可连选多宗。'))
    if (answer.state === 'failed') return failed(answer.message, answer.action, () => this.ask.again())
    if (answer.state !== 'ready') return bones([96, 90, 94, 88, 92])
    if (answer.value.rows.length === 0) return empty(t('范围内没有地块'), t('换一个范围。'))
    return this.table(answer.value)
  }

  private table(sheet: BalanceAnswer): TemplateResult {
    const two = this.session !== null || this.scheme || differs(sheet)
    const after = this.session ? t('编辑后') : t('方案')
    const area = t('公顷')
    const rest = html`<th>${t('占比')}</th><th>${t('建筑面积')}<br />${t('万㎡')}</th>`
    const side = html`<th>${area}</th>${rest}`
    const split = html`<th class="split">${area}</th>${rest}`
    const note = floorNote(sheet, two, after)
    return html`<div class="scroll ${this.ask.busy ? 'busy' : ''}" tabindex="0" aria-label=${t('用地平衡表')}><table>
        <thead>
          ${two ? html`<tr><th class="l" colspan="2"></th><th class="group split" colspan="3">${t('现状')}</th><th class="group split" colspan="3">${after}</th><th class="split"></th></tr>` : nothing}
          <tr><th class="l">${t('代码')}</th><th class="l">${t('用地类型')}</th>${two ? html`${split}${split}<th class="split">${t('增减')}<br />${t('公顷')}</th>` : side}</tr>
        </thead>
        <tbody>${sheet.rows.map((row) => this.row(row, two))}</tbody>
        <tfoot>${this.row({ ...sheet.total, code: '', title: t('合计'), color: null }, two)}</tfoot>
      </table></div>
      ${note ? html`<p class="foot num" style="white-space:normal">${note}</p>` : nothing}`
  }

  private row(row: BalanceRow, two: boolean): TemplateResult {
    const side = (ha: number | null, share: number | null, floor: number | null, unknown: number | undefined, split: boolean) => html`<td class=${split ? 'split' : ''}>${ha === null ? '–' : number(ha, 2)}</td>
      <td>${share === null ? '–' : `${number(share * 100, 2)} %`}</td><td>${floorText(floor, ha, unknown ?? 0)}</td>`
    const title = landUseOf(row.code, this.landUse)?.title ?? row.title
    return html`<tr><td class="l">${row.code}</td><td class="l name"><span>${row.color ? patch(soften(row.color), false) : nothing}<span class="ellipsis" style="display:block" title=${title}>${title}</span></span></td>
      ${side(row.before_ha, row.before_share, row.before_floor_m2, row.before_floor_unknown, two)}
      ${two ? html`${side(row.after_ha, row.after_share, row.after_floor_m2, row.after_floor_unknown, true)}<td class="split">${signedHa(row.delta_ha)}</td>` : nothing}</tr>`
  }

  private async download(): Promise<void> {
    const { body } = this
    if (body === null) return
    this.saving = true
    this.trouble = null
    try {
      save(await this.api.file('/balance.xlsx', body), `${t('用地平衡表')}.xlsx`)
    } catch (error) {
      this.trouble = explain(error)
    }
    this.saving = false
  }
}

/** A floor area [万㎡]; one that leaves parcels out says so by an asterisk. */
function floorText(floor: number | null, ha: number | null, unknown: number): TemplateResult | string {
  const star = html`<span class="star ${unknown === 0 ? 'off' : ''}">*</span>`
  if (!ha) return html`–${star}`
  if (floor === null) return html`<span class="none">${t('资料不足')}</span>`
  return html`<span title=${unknown === 0 ? nothing : t('{count} 宗资料不足，未计入', { count: number(unknown) })}>${number(floor / 10_000, 2)}${star}</span>`
}

define('gis-balance', BalancePanel)
