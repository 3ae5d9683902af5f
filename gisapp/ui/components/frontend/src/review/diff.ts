import { type PropertyValues, type TemplateResult, css, html, nothing } from 'lit'
import type { Api } from '../api'
import { number } from '../format'
import { define } from '../mount'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { Ask } from './ask'
import { bones, empty, failed, fieldList, fieldStyles, frameStyles, signedMu } from './frame'
import { KINDS, countKinds, kindWord, netMu } from './changes'
import { kindMark } from './marks'
import { shapesOf, targetOf } from './shapes'
import type { ChangeKind, DiffAnswer, DiffChange } from './types'
import { addDays, isDate, within } from './when'

/** What differs between two dates, or between a scheme and the official branch (比较). */
export class DiffPanel extends Panel {
  static override properties = {
    api: { attribute: false }, branch: { type: String }, stamp: { type: String }, earliest: { type: String }, latest: { type: String }, scheme: { type: Boolean }, bare: { type: Boolean },
    against: { state: true }, from: { state: true }, to: { state: true }, dropped: { state: true }, at: { state: true },
  }
  static override styles = [base, frameStyles, fieldStyles, css`
    .what { padding: 10px 16px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; flex: none; }
    .dates { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); align-items: center; gap: 8px; }
    .quick { display: flex; gap: 6px; flex-wrap: wrap; }
    .sum { display: flex; align-items: center; flex-wrap: wrap; gap: 6px; padding: 8px 16px; border-bottom: 1px solid var(--line); flex: none; }
    .sum .chip { padding: 0 8px; }
    .chip[aria-pressed='false'] { opacity: 0.55; }
    .net { margin-left: auto; white-space: nowrap; }
    .row { display: grid; grid-template-columns: 24px minmax(0, 1fr) auto; align-items: center; gap: 0 9px; width: 100%; padding: 7px 16px; }
    li { border-bottom: 1px solid #edf0f3; }
    li:hover { background: var(--wash); }
    li.on { background: var(--accent-wash); box-shadow: inset 3px 0 0 var(--accent); }
    .sub { font-size: 12px; color: var(--ink-3); }
    .fields { padding: 0 16px 8px 49px; margin-top: 0; }
    .busy { opacity: 0.55; }
  `]
  declare api: Api
  declare branch: string
  declare stamp: string
  declare earliest: string
  declare latest: string
  /** Whether the branch is a scheme, which can be compared with the official branch. */
  declare scheme: boolean
  /** Whether nothing was ever recorded. */
  declare bare: boolean
  declare against: boolean
  declare from: string
  declare to: string
  declare dropped: ReadonlySet<ChangeKind>
  declare at: string | null
  private readonly ask = new Ask<DiffAnswer>(this)

  constructor() {
    super()
    this.dropped = new Set()
    this.from = this.to = ''
    this.at = null
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('branch')) {
      this.against = this.scheme
      this.at = null
    }
    if (!isDate(this.from)) this.from = within(addDays(this.latest, -1), this.earliest, this.latest)
    if (!isDate(this.to)) this.to = this.latest
    const { branch, from, to } = this
    const query = this.against ? { branch, against: 'official' } : { branch, from, to }
    this.ask.put(this.bare ? null : `${JSON.stringify(query)}/${this.stamp}/${this.lang}`, (signal) => this.api.get<DiffAnswer>('/edit/diff', query, signal), !changed.has('branch'))
  }

  private drawn: readonly [DiffAnswer | null, ReadonlySet<ChangeKind>, string | null] = [null, new Set(), null]

  protected override updated(): void {
    const next = [this.ask.value, this.dropped, this.at] as const
    if (next.every((item, i) => item === this.drawn[i])) return
    this.drawn = next
    this.tell('review-draw', { shapes: shapesOf(this.seen), focus: this.at })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.ask.stop()
  }

  private get seen(): DiffChange[] {
    return (this.ask.value?.changes ?? []).filter((change) => !this.dropped.has(change.kind))
  }

  override render(): TemplateResult {
    if (this.bare) return empty(t('还没有变更'), t('保存第一次编辑后，可以比较任意两个日期。'))
    return html`${this.question()}${this.answer()}`
  }

  private question(): TemplateResult {
    const preset = (title: string, days: number) => html`<button class="chip" @click=${() => this.since(days)}>${title}</button>`
    return html`<div class="what">
      ${this.scheme ? html`<div class="quick" role="radiogroup" aria-label=${t('比较对象')}>
        <button class="chip" role="radio" aria-checked=${this.against} aria-pressed=${this.against} @click=${() => { this.against = true }}>${t('方案与现状库')}</button>
        <button class="chip" role="radio" aria-checked=${!this.against} aria-pressed=${!this.against} @click=${() => { this.against = false }}>${t('本方案两个日期')}</button></div>` : nothing}
      ${this.against ? nothing : html`
        <div class="dates">${this.date(t('起始日期'), this.from, (value) => { this.from = value })}<span class="mute">→</span>${this.date(t('截止日期'), this.to, (value) => { this.to = value })}</div>
        <div class="quick">${preset(t('最近一天'), 1)}${preset(t('最近 7 天'), 7)}${preset(t('最近 30 天'), 30)}${preset(t('建库以来'), 100000)}</div>`}
    </div>`
  }

  private date(label: string, value: string, set: (value: string) => void): TemplateResult {
    return html`<input type="date" class="num" aria-label=${label} title=${label} min=${this.earliest} max=${this.latest} .value=${value}
      @change=${(event: Event) => { const given = (event.target as HTMLInputElement).value; if (isDate(given)) set(within(given, this.earliest, this.latest)) }} />`
  }

  private since(days: number): void {
    this.to = this.latest
    this.from = within(addDays(this.latest, -days), this.earliest, this.latest)
  }

  private answer(): TemplateResult {
    const { answer } = this.ask
    if (answer.state === 'failed') return failed(answer.message, answer.action, () => this.ask.again())
    if (answer.state !== 'ready') return bones()
    const { changes } = answer.value
    if (changes.length === 0)
      return this.against
        ? empty(t('方案与现状库一致'), t('在方案中编辑地块后，这里列出与现状库的差别。'))
        : empty(t('两个日期之间没有变更'), this.from > this.to ? t('起始日期晚于截止日期，请调换。') : t('换更早的起始日期，或选「建库以来」。'))
    const counts = countKinds(changes)
    return html`
      <div class="sum">${KINDS.map(([kind, title]) => (counts[kind] === 0 ? nothing : html`<button class="chip num" aria-pressed=${!this.dropped.has(kind)} @click=${() => this.toggle(kind)}>
        ${kindMark(kind)}${t(title)} <b>${number(counts[kind])}</b></button>`))}
        <span class="net">${signedMu(netMu(this.seen))}</span></div>
      <ul class="scroll ${this.ask.busy ? 'busy' : ''}" aria-label=${t('变更清单')}>${this.seen.map((change) => this.row(change))}</ul>`
  }

  private row(change: DiffChange): TemplateResult {
    const { before_mu: was, after_mu: is } = change
    const on = this.at === change.parcel_id
    const delta = (is ?? 0) - (was ?? 0)
    return html`<li class=${on ? 'on' : ''}>
      <button class="row" aria-pressed=${on} @click=${() => this.visit(change)}>
        ${kindMark(change.kind)}
        <span style="min-width:0"><span class="ellipsis" style="display:block">${change.title || change.parcel_id}</span>
          <span class="sub num ellipsis" style="display:block">${t(kindWord(change.kind))} · ${change.parcel_id}</span></span>
        <span style="text-align:right">${change.kind === 'attributes' ? html`<span class="sub num">${t('{count} 项', { count: change.fields.length })}</span>` : signedMu(delta)}</span>
      </button>
      ${on ? fieldList(change.fields) : nothing}
    </li>`
  }

  private toggle(kind: ChangeKind): void {
    const next = new Set(this.dropped)
    if (!next.delete(kind)) next.add(kind)
    this.dropped = next
  }

  private visit(change: DiffChange): void {
    this.at = this.at === change.parcel_id ? null : change.parcel_id
    const sides = [change.before, change.after]
    if (this.at !== null && targetOf(sides)) this.tell('review-fly', sides)
  }
}

define('gis-diff', DiffPanel)
