import { type PropertyValues, type TemplateResult, css, html, nothing } from 'lit'
import type { Api } from '../api'
import { define } from '../mount'
import { Ask } from '../review/ask'
import { base } from '../styles'
import { t } from '../texts'
import type { WouldTakeAnswer, WouldTakeStep } from '../types'
import { Panel } from './panel'

/** What it would take (怎样才能): asked for when the section is opened, and for each parcel while it stays open. */
export class WouldTakePanel extends Panel {
  static override properties = { api: { attribute: false }, version: { type: String }, parcelId: { type: String }, rulebook: { type: String }, run: { type: String }, open: { state: true } }
  static override styles = [base, css`
    :host { display: block; padding: 10px 16px; border-top: 1px solid var(--line); }
    :host([narrow]) { padding: 8px 14px; }
    summary { cursor: pointer; font-size: 12.5px; font-weight: 600; color: var(--ink-2); list-style: none; display: flex; align-items: center; gap: 6px; }
    summary::before { content: ''; border: solid var(--ink-3); border-width: 0 1.5px 1.5px 0; padding: 2.5px; rotate: -45deg; margin-right: 2px; }
    details[open] summary::before { rotate: 45deg; }
    .body { padding: 6px 0 2px; display: grid; gap: 6px; }
    .goal { font-weight: 600; }
    h4 { margin: 2px 0 0; font-size: 12.5px; font-weight: 600; color: var(--ink-2); }
    li { padding: 5px 10px; border-left: 3px solid var(--accent); background: var(--wash); }
    li + li { margin-top: 4px; }
    .stop li { border-color: #b0b7c3; }
    .unsure li { border-color: var(--violet); background: #f6f3fa; }
    .who { display: block; font-size: 12px; color: var(--ink-3); }
    .id { color: var(--ink-3); font-size: 12px; margin-left: 6px; }
    .note { font-size: 12px; color: var(--ink-3); }
    .notice { padding: 2px 0; }
    .bones { display: grid; gap: 9px; padding: 8px 0; }
  `]
  declare api: Api
  declare version: string
  declare parcelId: string
  declare rulebook: string
  /** The run on the card: another one asks anew. */
  declare run: string
  declare open: boolean
  private readonly ask = new Ask<WouldTakeAnswer>(this)

  constructor() {
    super()
    this.open = false
  }

  protected override willUpdate(_: PropertyValues): void {
    const { parcelId, rulebook, version } = this
    const key = this.open ? [parcelId, rulebook, version, this.run, this.lang].join('/') : null
    this.ask.put(key, (signal) => this.api.get<WouldTakeAnswer>(`/parcel/${encodeURIComponent(parcelId)}/would-take`, { rulebook, version }, signal))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.ask.stop()
  }

  override render(): TemplateResult {
    return html`<details ?open=${this.open} @toggle=${(event: Event) => { this.open = (event.currentTarget as HTMLDetailsElement).open }}>
      <summary>${t('怎样才能')}</summary>${this.open ? html`<div class="body" aria-live="polite">${this.content()}</div>` : nothing}</details>`
  }

  private content(): TemplateResult {
    const { answer } = this.ask
    if (answer.state === 'failed')
      return html`<div class="notice" role="alert"><strong>${answer.message}</strong>${answer.action}<br /><button class="btn" @click=${() => this.ask.again()}>${t('重试')}</button></div>`
    if (answer.state !== 'ready')
      return html`<div class="bones" role="status" aria-label=${t('正在试算')}>${[70, 92, 58].map((width) => html`<span class="bone" style="width:${width}%"></span>`)}</div>`
    return wouldTakeBody(answer.value)
  }
}

/** The answer as the card prints it. */
export function wouldTakeBody(answer: WouldTakeAnswer): TemplateResult {
  const verdict = answer.goal_text
  const goal = answer.goal === 'candidate' ? t('怎样才能成为“{verdict}”', { verdict }) : t('怎样才能不再是“{verdict}”', { verdict })
  return html`<p class="goal">${goal}</p>
    ${answer.reached ? html`<p>${t('已经是这一结论')}</p>` : nothing}
    ${steps(t('任一项即可'), answer.alone)}
    ${steps(t('须同时办到'), answer.together)}
    ${answer.possible ? nothing : html`<p>${t('现有可调项做不到')}</p>`}
    ${rules(t('受限于'), 'stop', answer.binding)}
    ${rules(t('资料不足，查明后再算'), 'unsure', answer.unsure)}
    ${answer.reached ? nothing : html`<p class="note">${t('其余输入与参照组（中位数、同业）保持不变；步长与上限为本地假设')}</p>`}`
}

const steps = (title: string, list: WouldTakeStep[]): TemplateResult | typeof nothing =>
  list.length === 0 ? nothing : html`<h4>${title}</h4><ul>${list.map((step) => html`<li>${step.text}<span class="who">${step.who}</span></li>`)}</ul>`

const rules = (title: string, kind: string, list: WouldTakeAnswer['binding']): TemplateResult | typeof nothing =>
  list.length === 0 ? nothing : html`<h4>${title}</h4><ul class=${kind}>${list.map((rule) => html`<li>${rule.title}<span class="id num">${rule.rule_id}</span></li>`)}</ul>`

define('gis-would', WouldTakePanel)
