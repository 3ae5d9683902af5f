import { type TemplateResult, css, html, nothing } from 'lit'
import { distance, dms, roundBelow, scaleText } from '../format'
import { metresPerPixel } from '../map/disc'
import type { Camera } from '../map/view'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import type { Legend } from '../theme'
import { Panel } from './panel'
import { patch } from './swatch'

/** CSS pixels to the metre of an ordinary screen (0.28 mm a pixel, as OGC has it). */
const PIXELS_PER_METRE = 1 / 0.00028
const BAR_PX = 130

/** Return how many entries that end at `ends` are not wholly above `edge` [px]; half a line may be cut off unseen. */
export const below = (ends: number[], edge: number): number => ends.filter((end) => end > edge + 8).length

const loadingBones = (): TemplateResult => html`<div class="bones" role="status" aria-busy="true" aria-label=${t('正在读取地图')}>
  ${[70, 58, 64, 76].map((width) => html`<span class="bone" style="width:${width}%"></span>`)}</div>`

/** The lower right panel: the legend of what is filled, the scale, and where the pointer is. */
export class LegendPanel extends Panel {
  static override properties = {
    legend: { attribute: false },
    outline: { attribute: false },
    camera: { attribute: false },
    cursor: { attribute: false },
    crs: { type: String },
    bare: { type: Boolean },
    attribution: { attribute: false },
    k: { type: Number },
    loading: { type: Boolean },
    rest: { state: true },
  }
  static override styles = [base, css`
    :host { display: block; flex: none; }
    .panel { padding: 10px 14px 10px; }
    h3 { font-size: 12.5px; font-weight: 600; color: var(--ink-2); margin-bottom: 5px; }
    .entries { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1px 12px; max-height: 154px; }
    .entries li { display: flex; align-items: center; gap: 8px; min-height: 21px; min-width: 0; font-size: 12.5px; }
    .list { position: relative; }
    .rest { position: absolute; inset: auto 0 0; padding: 14px 0 1px; font-size: 12px; color: var(--ink-2); text-align: center; pointer-events: none;
      background: linear-gradient(rgba(255, 255, 255, 0), #fff 62%); }
    .bones { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 9px 12px; padding: 5px 0; }
    .ramp { height: 10px; border-radius: 2px; margin: 2px 0 3px; border: 0.75px solid rgba(16, 39, 58, 0.28); }
    .ticks { display: flex; justify-content: space-between; font-size: 12px; color: var(--ink-2); margin-bottom: 4px; }
    .scale { display: flex; align-items: flex-end; gap: 14px; margin-top: 8px; padding-top: 8px; border-top: 1px solid var(--line); }
    .bar { position: relative; height: 8px; border: solid var(--ink); border-width: 0 1.5px 1.5px; }
    .bar::after { content: ''; position: absolute; left: 50%; bottom: 0; height: 4px; border-left: 1.5px solid var(--ink); }
    .length { font-size: 12px; }
    .ratio { margin-left: auto; font-size: 12px; color: var(--ink-2); }
    .where { margin-top: 6px; font-size: 12px; color: var(--ink-2); display: flex; justify-content: space-between; gap: 8px; }
    .credit { margin-top: 3px; font-size: 11px; color: var(--ink-3); }
    .note { font-size: 12px; color: var(--ink-3); }
    :host([bare]) .panel { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 0 14px; padding: 4px 10px; }
    :host([bare]) h3 { display: none; }
    :host([bare]) .entries { display: flex; flex-wrap: wrap; gap: 0 12px; max-height: 42px; min-width: 0; }
    :host([bare]) .ramp { width: 160px; margin: 0; }
    :host([bare]) .ticks { display: none; }
    :host([bare]) .scale { margin: 0 0 0 auto; padding: 0; border: 0; }
    :host([bare]) .ratio { display: none; }
    :host([bare]) .credit { grid-column: 1 / -1; margin: 0; font-size: 10.5px; line-height: 1.3; }
    :host([bare]) .length { font-size: 11px; line-height: 1.2; }
    :host([bare]) .entries li { min-height: 20px; }
    :host([bare]) .note { grid-column: 1 / -1; }
    :host([narrow]) .panel { padding: 8px 12px; }
    :host([narrow]) .entries { max-height: 88px; }
    :host([narrow]) .scale { margin-top: 5px; padding-top: 5px; }
    :host([narrow]) .where { margin-top: 3px; }
  `]
  declare legend: Legend
  declare outline: string | null
  declare camera: Camera
  declare cursor: { lon: number; lat: number } | null
  declare crs: string
  declare bare: boolean
  declare attribution: string[]
  declare k: number
  /** Whether tiles in view are still on their way: then nothing in view means nothing yet. */
  declare loading: boolean
  /** How many entries lie below what is to be seen of the list. */
  declare rest: number
  private sizes = new ResizeObserver(() => this.measure())

  override render(): TemplateResult {
    const { title, entries, ramp, note } = this.legend
    return html`<section class="panel" aria-label=${t('图例')}>
      <h3>${t('图例')} · ${title}</h3>
      ${ramp ? this.ramp(ramp) : nothing}
      ${this.loading && entries.length === 0 ? loadingBones() : html`<div class="list">
        <ul class="entries scroll" tabindex=${this.rest > 0 ? 0 : -1} @scroll=${this.measure}>${entries.map((entry) => html`<li>${patch(entry.fill, entry.hatch)}<span class="ellipsis" title=${entry.label}>${entry.label}</span></li>`)}</ul>
        ${this.rest > 0 && !this.bare ? html`<p class="rest">${t('还有 {count} 项', { count: this.rest })} ↓</p>` : nothing}
      </div>
      ${note ? html`<p class="note">${note}</p>` : nothing}`}
      ${this.outline ? html`<p class="note">${this.outline}</p>` : nothing}
      ${this.scale()}
    </section>`
  }

  protected override updated(): void {
    const list = this.renderRoot.querySelector('.entries')
    this.sizes.disconnect()
    if (list !== null) this.sizes.observe(list)
    this.measure()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.sizes.disconnect()
  }

  private measure(): void {
    const list = this.renderRoot.querySelector<HTMLElement>('.entries')
    const ends = [...(list?.children ?? [])].map((entry) => (entry as HTMLElement).offsetTop + (entry as HTMLElement).offsetHeight)
    this.rest = list === null ? 0 : below(ends, list.offsetTop + list.scrollTop + list.clientHeight)
  }

  private ramp(stops: [number, string][]): TemplateResult {
    const gradient = stops.map(([at, colour]) => `${colour} ${at}%`).join(', ')
    return html`<div class="ramp" style="background:linear-gradient(90deg, ${gradient})"></div>
      <div class="ticks num">${[0, 25, 50, 75, 100].map((tick) => html`<span>${tick}</span>`)}</div>`
  }

  private scale(): TemplateResult {
    const perPixel = metresPerPixel(this.camera.lat, this.camera.zoom)
    const length = roundBelow(perPixel * BAR_PX * this.k)
    const place = this.cursor ?? this.camera
    return html`<div class="scale">
        <div><div class="length num">${distance(length)}</div><div class="bar" style="width:${(length / perPixel / this.k).toFixed(1)}px"></div></div>
        <div class="ratio num" title=${t('按 0.28 mm 像素的屏幕比例')}>${t('比例尺')} ${scaleText(perPixel * PIXELS_PER_METRE)}</div>
      </div>
      ${this.bare ? nothing : html`<div class="where num"><span>${dms(place.lon, 'E', 'W')}  ${dms(place.lat, 'N', 'S')}</span><span class="mute" title=${t('屏幕坐标为 WGS 84 经纬度；面积按工作区坐标系计算')}>${this.crs}</span></div>`}
      ${this.attribution.length > 0 ? html`<p class="credit">${this.attribution.join(' · ')}</p>` : nothing}`
  }
}

define('gis-legend', LegendPanel)
