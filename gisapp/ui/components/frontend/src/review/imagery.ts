import { type TemplateResult, css, html, nothing } from 'lit'
import { define } from '../mount'
import { icon } from '../panels/icons'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { frameStyles } from './frame'
import type { Imagery } from './types'

/** The choice of imagery under the parcels (影像底图), off until somebody turns it on. */
export class ImageryMenu extends Panel {
  static override properties = { images: { attribute: false }, chosen: { type: String }, opacity: { type: Number }, fill: { type: Number }, open: { state: true } }
  static override styles = [base, frameStyles, css`
    :host { display: block; position: relative; }
    .face { display: flex; align-items: center; gap: 6px; height: 34px; padding: 0 10px 0 12px; color: var(--ink-2); }
    .face:hover, .face[aria-expanded='true'] { color: var(--ink); background: var(--wash); }
    .face.on { color: var(--accent); font-weight: 600; }
    .menu { position: absolute; z-index: 6; top: 39px; right: 0; width: 268px; padding: 6px 0; }
    label.pick { display: grid; grid-template-columns: 16px minmax(0, 1fr); align-items: center; gap: 1px 9px; padding: 6px 14px; cursor: pointer; }
    label.pick:hover { background: var(--wash); }
    input[type='radio'] { margin: 0; accent-color: var(--accent); }
    .credit { grid-column: 2; font-size: 12px; color: var(--ink-3); }
    .fade { display: grid; grid-template-columns: 74px minmax(0, 1fr) 42px; align-items: center; gap: 8px; padding: 5px 14px; font-size: 12.5px; color: var(--ink-2); }
    .fades { margin-top: 5px; padding-top: 5px; border-top: 1px solid var(--line); }
    .fade output { text-align: right; }
  `]
  declare images: Imagery[]
  declare chosen: string | null
  declare opacity: number
  /** Opacity of the parcels over the imagery. */
  declare fill: number
  declare open: boolean

  override render(): TemplateResult {
    return html`<div @keydown=${this.key}>
      <button class="panel face ${this.chosen ? 'on' : ''}" aria-expanded=${this.open ?? false} aria-haspopup="dialog" @click=${() => { this.open = !this.open }}>${t('影像')}${icon('down', 11)}</button>
      ${this.open ? html`<div class="panel menu" role="group" aria-label=${t('影像底图')}>${this.content()}</div>` : nothing}</div>`
  }

  private content(): TemplateResult {
    if (this.images.length === 0)
      return html`<div class="notice" style="padding:8px 14px"><strong>${t('没有登记影像')}</strong>${t('请数据管理员在工作区登记影像文件（GeoTIFF、MBTiles）或内网 WMTS。')}</div>`
    const choice = (id: string | null, title: string, credit: string | null | undefined) => html`<label class="pick">
      <input type="radio" name="imagery" .checked=${this.chosen === id} @change=${() => this.tell('imagery-choose', id)} />
      <span class="ellipsis">${title}</span>${credit ? html`<span class="credit ellipsis" title=${credit}>${credit}</span>` : nothing}</label>`
    return html`${choice(null, t('不显示影像'), null)}${this.images.map((image) => choice(image.id, image.title, image.attribution))}
      ${this.chosen === null ? nothing : html`<div class="fades">${this.fader(t('影像'), this.opacity, 'imagery-opacity')}${this.fader(t('地块填色'), this.fill, 'imagery-fill')}</div>`}`
  }

  private fader(title: string, value: number, event: string): TemplateResult {
    return html`<label class="fade"><span>${title}</span><input type="range" min="0" max="1" step="0.05" .value=${String(value)} aria-label=${t('{layer}的不透明度', { layer: title })}
      @input=${(input: Event) => this.tell(event, Number((input.target as HTMLInputElement).value))} /><output class="num">${Math.round(value * 100)} %</output></label>`
  }

  private readonly outside = (event: Event): void => {
    if (this.open && !event.composedPath().includes(this)) this.open = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    window.addEventListener('pointerdown', this.outside, true)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('pointerdown', this.outside, true)
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.open) return
    event.stopPropagation()
    this.open = false
    this.renderRoot.querySelector<HTMLElement>('.face')?.focus()
  }
}

define('gis-imagery', ImageryMenu)
