import { type PropertyValues, type TemplateResult, css, html, nothing } from 'lit'
import { LETTER, VERDICT_FILL } from '../colour'
import { mu, number, percent, score } from '../format'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import { shortWord } from '../theme'
import type { Loaded, RankAnswer, RankRow, RulebookInfo, VerdictName } from '../types'
import { icon } from './icons'
import { Panel } from './panel'
import { titled } from './rules'

const ROW_PX = 30
const SPARE_ROWS = 8
const CHIPS: VerdictName[] = ['candidate', 'prohibited', 'unknown', 'not_candidate']

/** The bottom panel: the ranked list of one rulebook, linked with the map. */
export class RankPanel extends Panel {
  static override properties = {
    answer: { attribute: false },
    rows: { attribute: false },
    rulebooks: { attribute: false },
    rulebook: { type: String },
    verdict: { type: String },
    selectedId: { type: String },
    hoverFid: { attribute: false },
    folded: { type: Boolean },
    more: { type: Boolean },
    top: { state: true },
    seen: { state: true },
  }
  static override styles = [base, css`
    :host { display: block; min-height: 0; }
    .panel { display: flex; flex-direction: column; height: 100%; overflow: hidden; }
    header { display: flex; flex-wrap: wrap; align-items: center; gap: 5px 7px; padding: 7px 8px 7px 14px; flex: none; min-width: 0; }
    header strong { font-size: 14px; font-weight: 600; white-space: nowrap; }
    .edition { color: var(--ink-3); font-size: 12px; white-space: nowrap; margin-right: 4px; }
    .dot { width: 9px; height: 9px; border-radius: 2px; }
    .dot.u { background: repeating-linear-gradient(135deg, #f0ecf6 0 2px, #7b5ea7 2px 3px); }
    .chip { flex: none; max-width: none; overflow: visible; }
    .chip b { font-weight: 600; color: var(--ink); }
    .fold { margin-left: auto; width: 28px; height: 26px; display: grid; place-content: center; color: var(--ink-2); border-radius: 4px; flex: none; }
    .fold:hover { background: var(--wash); }
    .table { flex: 1 1 auto; min-height: 0; outline-offset: -2px; }
    .cols { display: grid; grid-template-columns: 52px minmax(150px, 1.25fr) minmax(120px, 1.6fr) minmax(128px, 1fr) 84px 84px minmax(110px, 1.1fr); align-items: center; gap: 0 10px; padding: 0 14px; }
    .head { position: sticky; top: 0; z-index: 1; height: 27px; background: #f6f8fa; border: solid var(--line); border-width: 1px 0; font-size: 12px; color: var(--ink-2); }
    .r { text-align: right; }
    .row { height: ${ROW_PX}px; border-bottom: 1px solid #edf0f3; cursor: pointer; }
    .row:hover, .row.hover { background: var(--wash); }
    .row.on { background: var(--accent-wash); box-shadow: inset 3px 0 0 var(--accent); }
    .score { display: grid; grid-template-columns: minmax(0, 1fr) 38px; align-items: center; gap: 8px; }
    .track { position: relative; height: 8px; border-radius: 2px; background: #eaeef2; }
    .track i { position: absolute; inset: 0 auto 0 0; border-radius: 2px; background: #0072b2; }
    .track i.open { background: repeating-linear-gradient(90deg, #8ebad6 0 2px, transparent 2px 4px); }
    .mute-cell { color: var(--ink-3); }
    .bones { padding: 10px 14px; display: grid; gap: 14px; }
    :host([narrow]) .cols { grid-template-columns: 38px 152px minmax(96px, 1.3fr) minmax(92px, 0.9fr) 66px minmax(90px, 1.1fr); gap: 0 9px; }
    :host([narrow]) header { gap: 5px; padding-left: 10px; }
    :host([narrow]) header select { max-width: 132px; text-overflow: ellipsis; }
    :host([narrow]) .chip { padding: 0 8px; }
    :host([narrow]) .full, :host([narrow]) .edition { display: none; }
  `]
  declare answer: Loaded<RankAnswer>
  declare rows: RankRow[]
  declare rulebooks: RulebookInfo[]
  declare rulebook: string
  declare verdict: VerdictName
  declare selectedId: string | null
  declare hoverFid: number | null
  declare folded: boolean
  declare more: boolean
  declare top: number
  declare seen: number

  constructor() {
    super()
    this.top = 0
    this.seen = 300
  }

  private get book(): RulebookInfo | undefined {
    return this.rulebooks.find((book) => book.id === this.rulebook)
  }

  override render(): TemplateResult {
    return html`<section class="panel" aria-label=${t('评价清单')}>${this.header()}${this.folded ? nothing : this.body()}</section>`
  }

  private header(): TemplateResult {
    const counts = this.answer.state === 'ready' ? this.answer.value.counts : null
    return html`<header>
      ${this.rulebooks.length > 1
        ? html`<select aria-label=${t('评价规则')} .value=${this.rulebook} @change=${(event: Event) => this.tell('rank-rulebook', (event.target as HTMLSelectElement).value)}>
            ${this.rulebooks.map((book) => html`<option value=${book.id} ?selected=${book.id === this.rulebook}>${book.title}</option>`)}</select>`
        : html`<strong>${this.book?.title ?? t('评价清单')}</strong>`}
      <span class="edition num">${this.book ? t('评价规则版本 {edition}', { edition: this.book.edition }) : ''}</span>
      ${CHIPS.map((verdict) => html`<button class="chip num" aria-pressed=${verdict === this.verdict} @click=${() => this.tell('rank-verdict', verdict)}>
        <i class="dot ${LETTER[verdict]}" style=${verdict === 'unknown' ? '' : `background:${VERDICT_FILL[LETTER[verdict]]}`}></i>
        ${shortWord(verdict, this.book)} <b>${counts ? number(counts[verdict] ?? 0) : '…'}</b></button>`)}
      <button class="fold" aria-expanded=${!this.folded} aria-label=${t('清单')} title=${t('展开或收起清单（\\）')} @click=${() => this.tell('rank-fold')}>${icon(this.folded ? 'up' : 'down', 15)}</button>
    </header>`
  }

  private body(): TemplateResult {
    const { answer } = this
    if (this.rulebooks.length === 0)
      return notice(t('没有评价规则'), t('把规则集放入 parcels/rulebooks 后重新打开页面'))
    if (answer.state === 'failed')
      return html`<div class="notice" role="alert"><strong>${answer.message}</strong>${answer.action}
        <br /><button class="btn" @click=${() => this.tell('rank-retry')}>${t('重试')}</button></div>`
    if (answer.state !== 'ready')
      return html`<div class="bones" aria-busy="true">${[96, 90, 94, 88].map((width) => html`<span class="bone" style="width:${width}%"></span>`)}</div>`
    if (this.rows.length === 0)
      return notice(t('没有「{word}」的地块', { word: shortWord(this.verdict, this.book) }), t('换一个判定或评价规则'))
    return this.table()
  }

  private table(): TemplateResult {
    const first = Math.max(0, Math.floor(this.top / ROW_PX) - SPARE_ROWS)
    const last = Math.min(this.rows.length, Math.ceil((this.top + this.seen) / ROW_PX) + SPARE_ROWS)
    return html`<div class="table scroll" tabindex="0" role="listbox" aria-label=${t('评价清单')} aria-activedescendant="row-${this.selectedId}"
      @scroll=${this.scrolled} @keydown=${this.key}>
      <div class="cols head"><span class="r">${t('名次')}</span><span>${t('宗地代码')}</span><span>${t('名称')}</span><span>${t('得分')}</span>
        <span class="r full">${t('资料完整度')}</span><span class="r">${t('面积（亩）')}</span><span>${t('建议路径')}</span></div>
      <div style="height:${first * ROW_PX}px"></div>
      ${this.rows.slice(first, last).map((row) => this.row(row))}
      <div style="height:${(this.rows.length - last) * ROW_PX}px"></div>
    </div>`
  }

  private row(row: RankRow): TemplateResult {
    const on = row.parcel_id === this.selectedId
    return html`<div class="cols row ${on ? 'on' : ''} ${row.fid === this.hoverFid ? 'hover' : ''}" role="option" id="row-${row.parcel_id}" aria-selected=${on}
      @click=${() => this.tell('rank-select', row)} @mouseenter=${() => this.tell('rank-hover', row.fid)} @mouseleave=${() => this.tell('rank-hover', null)}>
      <span class="r num">${row.rank ?? '–'}</span>
      <span class="num ellipsis">${row.parcel_code ?? row.parcel_id}</span>
      <span class="ellipsis">${row.name || html`<span class="mute-cell">${t('未命名地块')}</span>`}</span>
      <span class="score num">${this.bar(row)}<span>${score(row.score)}</span></span>
      <span class="r num full">${row.completeness === null ? '–' : percent(row.completeness, 0)}</span>
      <span class="r num">${row.area_m2 === null ? '–' : mu(row.area_m2)}</span>
      <span class="ellipsis" title=${advised(row) ?? ''}>${advised(row) ?? html`<span class="mute-cell">–</span>`}</span>
    </div>`
  }

  /** The sure part of the score is solid, what missing facts could still add is open. */
  private bar(row: RankRow): TemplateResult {
    if (row.score === null) return html`<span></span>`
    const low = row.score_low ?? row.score
    const high = row.score_high ?? row.score
    return html`<span class="track" title=${`${score(low)}–${score(high)}`}><i class="open" style="width:${high}%"></i><i style="width:${low}%"></i></span>`
  }

  private scrolled(event: Event): void {
    const table = event.currentTarget as HTMLElement
    this.top = table.scrollTop
    this.seen = table.clientHeight
    if (this.more && table.scrollTop + table.clientHeight > table.scrollHeight - 10 * ROW_PX) this.tell('rank-more')
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = this.rows.findIndex((row) => row.parcel_id === this.selectedId)
    const row = this.rows[Math.min(this.rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))]
    if (row) this.tell('rank-select', row)
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('selectedId') || changed.has('folded')) this.reveal()
    if (changed.has('verdict') || changed.has('rulebook')) this.renderRoot.querySelector('.table')?.scrollTo(0, 0)
  }

  /** Scroll the selected row into view, as little as needed. */
  private reveal(): void {
    const table = this.renderRoot.querySelector<HTMLElement>('.table')
    const at = this.rows.findIndex((row) => row.parcel_id === this.selectedId)
    if (table === null || at < 0) return
    const head = 29
    const top = at * ROW_PX
    if (top < table.scrollTop) table.scrollTop = top
    else if (top + ROW_PX + head > table.scrollTop + table.clientHeight) table.scrollTop = top + ROW_PX + head - table.clientHeight
  }
}

/** The path of a parcel in the language shown; 资料不足 where an input that decides it is missing. */
const advised = (row: RankRow): string | null =>
  row.advice_title === null ? null : t(titled(row.advice_title, row.advice_title_en))

const notice = (what: string, todo: string): TemplateResult => html`<div class="notice"><strong>${what}</strong>${todo}</div>`

define('gis-rank', RankPanel)
