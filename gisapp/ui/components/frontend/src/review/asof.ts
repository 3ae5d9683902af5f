import { type TemplateResult, css, html } from 'lit'
import { define } from '../mount'
import { icon } from '../panels/icons'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { frameStyles } from './frame'
import { type Tick, addDays, daysBetween, isDate, neighbourTick, within } from './when'

/** The date for which the whole map is shown (时点): a slider with the days on which something was recorded. */
export class AsOfPanel extends Panel {
  static override properties = {
    earliest: { type: String }, latest: { type: String }, date: { type: String }, ticks: { attribute: false }, busy: { type: Boolean },
  }
  static override styles = [base, frameStyles, css`
    :host { display: block; }
    .panel { display: flex; align-items: center; gap: 8px; height: 44px; padding: 0 5px 0 12px; }
    strong { font-weight: 600; white-space: nowrap; }
    .step { width: 26px; height: 26px; display: grid; place-content: center; border-radius: 4px; color: var(--ink-2); flex: none; }
    .step:hover:not([disabled]) { background: var(--wash); color: var(--ink); }
    .step[disabled] { opacity: 0.35; cursor: default; }
    .track { position: relative; flex: 1 1 auto; min-width: 90px; height: 100%; display: grid; align-items: center; }
    .track input { width: 100%; position: relative; z-index: 1; top: -5px; outline: none; }
    .track input:focus-visible::-webkit-slider-thumb { box-shadow: 0 0 0 1px var(--accent), 0 0 0 4px rgba(31, 95, 134, 0.35); }
    .track input:focus-visible::-moz-range-thumb { box-shadow: 0 0 0 1px var(--accent), 0 0 0 4px rgba(31, 95, 134, 0.35); }
    .ticks { position: absolute; inset: 0 6.5px; pointer-events: none; }
    .ticks i { position: absolute; top: 50%; width: 1.5px; height: 13px; margin: -11.5px 0 0 -0.75px; background: #8ea3b5; }
    .end { position: absolute; bottom: 3px; font-size: 10.5px; line-height: 12px; color: var(--ink-3); pointer-events: none; }
    .end.from { left: 0; }
    .end.to { right: 0; }
    input[type='date'] { width: 128px; flex: none; }
    .alone { color: var(--ink-2); flex: 1 1 auto; }
  `]
  declare earliest: string
  declare latest: string
  /** The date that is shown; null: the present. */
  declare date: string | null
  declare ticks: Tick[]
  declare busy: boolean

  override render(): TemplateResult {
    const shut = html`<button class="step" aria-label=${t('关闭')} title=${t('关闭（Esc）')} @click=${() => this.tell('asof-close')}>${icon('close', 13)}</button>`
    if (daysBetween(this.earliest, this.latest) < 1)
      return html`<div class="panel"><strong>${t('时点')}</strong><span class="alone num">${t('地块库建于 {date}，还没有更早的日期可看', { date: this.earliest })}</span>${shut}</div>`
    const { earliest, latest, ticks } = this
    const shown = this.date ?? latest
    const before = neighbourTick(ticks, shown, -1) ?? (shown > earliest ? earliest : null)
    const after = neighbourTick(ticks, shown, 1) ?? (shown < latest ? latest : null)
    return html`<div class="panel" aria-busy=${this.busy}>
      <strong>${t('时点')}</strong>
      <input type="date" class="num" aria-label=${t('时点日期')} min=${earliest} max=${latest} .value=${shown} @change=${this.typed} />
      <button class="step" ?disabled=${before === null} aria-label=${t('前一个有变更的日期')} title=${t('前一个有变更的日期')} @click=${() => this.choose(before)}>${icon('left', 14)}</button>
      <div class="track">
        <div class="ticks">${ticks.map((tick) => html`<i style="left:${(tick.at * 100).toFixed(2)}%" title=${tick.date}></i>`)}</div>
        <input type="range" min="0" max=${daysBetween(earliest, latest)} step="1" aria-label=${t('时点日期')} aria-valuetext=${shown}
          .value=${String(daysBetween(earliest, shown))} @input=${this.slid} />
        <span class="end from num">${earliest}</span><span class="end to num">${t('当前')}</span>
      </div>
      <button class="step" ?disabled=${after === null} aria-label=${t('后一个有变更的日期')} title=${t('后一个有变更的日期')} @click=${() => this.choose(after)}>${icon('right', 14)}</button>
      ${shut}</div>`
  }

  private slid(event: Event): void {
    this.choose(addDays(this.earliest, Number((event.target as HTMLInputElement).value)))
  }

  private typed(event: Event): void {
    const input = event.target as HTMLInputElement
    if (isDate(input.value)) this.choose(within(input.value, this.earliest, this.latest))
    else input.value = this.date ?? this.latest
  }

  /** The last day is the present, which is never read only. */
  private choose(date: string | null): void {
    if (date !== null) this.tell('asof-date', date >= this.latest ? null : date)
  }
}

define('gis-asof', AsOfPanel)
