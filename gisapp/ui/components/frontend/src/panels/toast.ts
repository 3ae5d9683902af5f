import { type TemplateResult, css, html, nothing } from 'lit'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import { icon } from './icons'
import { Panel } from './panel'

export interface Toast {
  text: string
  tone: 'good' | 'bad'
  at: number
}

const STAYS_MS = { good: 6000, bad: 12_000 }

/** One line at the foot of the map that says what has just been done, and goes away again. */
export class ToastPanel extends Panel {
  static override properties = { said: { attribute: false }, gone: { state: true } }
  static override styles = [base, css`
    :host { display: flex; justify-content: center; pointer-events: none; }
    .toast { display: flex; align-items: center; gap: 10px; max-width: 100%; padding: 8px 8px 8px 14px; border-radius: 6px; background: var(--ink); color: #fff; pointer-events: auto;
      box-shadow: 0 2px 12px rgba(16, 39, 58, 0.3); }
    .toast[data-tone='bad'] { background: #8f3a00; }
    button { width: 24px; height: 24px; display: grid; place-content: center; border-radius: 4px; color: #c4d2de; }
    button:hover { color: #fff; background: rgba(255, 255, 255, 0.12); }
    :focus-visible { outline-color: #7fb6dc; }
  `]
  declare said: Toast | null
  declare gone: number
  private timer = 0

  constructor() {
    super()
    this.said = null
    this.gone = 0
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has('said') || this.said === null) return
    window.clearTimeout(this.timer)
    const { at, tone } = this.said
    this.timer = window.setTimeout(() => { this.gone = at }, STAYS_MS[tone])
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.clearTimeout(this.timer)
  }

  override render(): TemplateResult {
    const { said } = this
    const shown = said !== null && said.at !== this.gone
    return html`<div role="status" aria-live="polite">${shown
      ? html`<div class="toast num" data-tone=${said.tone}><span>${said.text}</span>
          <button aria-label=${t('关闭')} @click=${() => { this.gone = said.at }}>${icon('close', 12)}</button></div>`
      : nothing}</div>`
  }
}

define('gis-toast', ToastPanel)
