import { type TemplateResult, css, html, nothing } from 'lit'
import { number } from '../format'
import { isDrawable } from '../map/reference'
import { FIRST_YEAR, LAST_YEAR, isNetwork } from '../map/transit'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import type { FaceData, LayerInfo } from '../types'
import { icon } from './icons'
import { Panel } from './panel'
import { lineMark, patch, stationMark, swatch } from './swatch'

/** The parcels have a row of their own, though they are no layer of the catalogue. */
export const PARCELS = 'parcel'

/** The group of the parcels where no layer of land is loaded that they could stand among. */
const OWN = 'parcels'

/** Return the parcels as a row among the layers of land, or in a group of their own where there are none. */
export function parcelRow(data: FaceData): LayerInfo {
  const land = data.layers?.find((layer) => layer.role === 'plan' || layer.role === 'land_class' || layer.role === 'park')
  const style = { fill: '#ddcab9', line: '#a9a494', width_px: 1 }
  return { id: PARCELS, title: t('地块'), group: land?.group ?? OWN, kind: 'polygon', count: data.workspace.parcels ?? null, visible: true, style }
}

/** Return whether a year can change what the network shows; a layer that does not say is taken to have years. */
export const hasYears = (layers: LayerInfo[]): boolean => layers.some((layer) => isNetwork(layer) && layer.years !== false)

/** The left panel: layers by group with their true symbols, and the network year. */
export class LayersPanel extends Panel {
  static override properties = {
    data: { attribute: false },
    visible: { attribute: false },
    opacity: { attribute: false },
    year: { type: Number },
    expanded: { state: true },
  }
  static override styles = [base, css`
    :host { display: flex; min-height: 0; }
    .panel { display: flex; flex-direction: column; width: 100%; min-height: 0; }
    .scroll { padding: 8px 0 6px; min-height: 0; }
    h3 { display: flex; align-items: center; padding: 6px 14px 3px; font-size: 12.5px; font-weight: 600; color: var(--ink-2); }
    .row { position: relative; display: grid; grid-template-columns: 16px 24px minmax(0, 1fr) auto; align-items: center;
      gap: 8px; min-height: 27px; padding: 0 14px; }
    .row:hover { background: var(--wash); }
    .row label { cursor: pointer; }
    .row.off .name, .row.off svg { opacity: 0.5; }
    .side { font-size: 12px; color: var(--ink-3); }
    input[type='checkbox'] { appearance: none; width: 15px; height: 15px; margin: 0; border: 1.5px solid #a9b5c1; border-radius: 3px;
      background: #fff; cursor: pointer; display: grid; place-content: center; }
    input[type='checkbox']:disabled { border-style: dashed; cursor: default; }
    input[type='checkbox']:checked { background: var(--accent); border-color: var(--accent); }
    input[type='checkbox']:checked::after { content: ''; width: 8px; height: 4px; margin-top: -2px; border: solid #fff; border-width: 0 0 2px 2px; rotate: -45deg; }
    .fade { display: none; width: 66px; }
    .row:hover .fade, .row:focus-within .fade { display: block; }
    .row:hover .side.hides, .row:focus-within .side.hides { display: none; }
    .name { display: flex; align-items: center; gap: 3px; min-width: 0; }
    .name label { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; line-height: 1.25; overflow-wrap: anywhere; }
    .more { display: grid; place-content: center; width: 18px; height: 18px; color: var(--ink-3); border-radius: 3px; }
    .more:hover { color: var(--ink); background: #e4e9ee; }
    .classes { padding: 1px 14px 5px 38px; }
    .classes li { display: flex; align-items: center; gap: 8px; min-height: 21px; font-size: 12.5px; color: var(--ink-2); }
    input[type='range'] { appearance: none; height: 16px; margin: 0; background: transparent; cursor: pointer; }
    input[type='range']::-webkit-slider-runnable-track { height: 3px; border-radius: 2px; background: #cfd8e0; }
    input[type='range']::-webkit-slider-thumb { appearance: none; width: 13px; height: 13px; margin-top: -5px; border-radius: 50%; background: var(--accent); border: 2px solid #fff; box-shadow: 0 0 0 1px var(--accent); }
    input[type='range']::-moz-range-track { height: 3px; border-radius: 2px; background: #cfd8e0; }
    input[type='range']::-moz-range-thumb { width: 9px; height: 9px; border-radius: 50%; background: var(--accent); border: 2px solid #fff; box-shadow: 0 0 0 1px var(--accent); }
    .year { padding: 9px 14px 12px; border-top: 1px solid var(--line); }
    .year header { display: flex; justify-content: space-between; align-items: baseline; font-size: 12.5px; color: var(--ink-2); font-weight: 600; }
    .year output { font-size: 15px; color: var(--ink); }
    .year .scale { display: flex; align-items: center; gap: 8px; margin-top: 2px; color: var(--ink-3); font-size: 12px; }
    .year input { flex: 1; min-width: 0; }
    .key { display: grid; grid-template-columns: repeat(2, auto) ; justify-content: space-between; gap: 2px 10px; margin-top: 7px; font-size: 12px; color: var(--ink-2); }
    .key span { display: flex; align-items: center; gap: 6px; }
  `]
  declare data: FaceData
  declare visible: Record<string, boolean>
  declare opacity: Record<string, number>
  declare year: number
  declare expanded: ReadonlySet<string>

  constructor() {
    super()
    this.expanded = new Set()
  }

  override render(): TemplateResult {
    const layers = [parcelRow(this.data), ...(this.data.layers ?? [])]
    return html`<section class="panel" aria-label=${t('图层')}>
      <div class="scroll">
        ${[{ id: OWN, title: t('用地') }, ...(this.data.groups ?? [])].map((group) => this.group(group.title, layers.filter((layer) => layer.group === group.id)))}
        ${layers.length === 1 ? html`<p class="notice"><strong>${t('没有图层')}</strong>${t('在 layers/catalog.yaml 中登记图层后重新打开页面')}</p>` : nothing}
      </div>
      ${hasYears(layers) ? this.yearSlider() : nothing}
    </section>`
  }

  private group(title: string, layers: LayerInfo[]): TemplateResult | typeof nothing {
    if (layers.length === 0) return nothing
    return html`<h3>${title}</h3><ul>${layers.map((layer) => this.row(layer))}</ul>`
  }

  private row(layer: LayerInfo): TemplateResult {
    const drawable = isDrawable(layer)
    const on = drawable && (this.visible[layer.id] ?? layer.visible)
    const classed = (layer.style.classes?.length ?? 0) > 1 || (layer.style.ramp?.length ?? 0) > 1
    const open = classed && this.expanded.has(layer.id)
    const id = `layer-${layer.id}`
    return html`<li>
      <div class="row ${on ? '' : 'off'}" title=${drawable ? this.facts(layer) : t('没有色带，不能绘制')}>
        <input type="checkbox" id=${id} ?disabled=${!drawable} .checked=${on} @change=${() => this.tell('layer-toggle', { id: layer.id, on: !on })} />
        <label for=${id}>${swatch(layer)}</label>
        <span class="name">
          <label for=${id}>${layer.title}</label>
          ${classed
            ? html`<button class="more" aria-expanded=${open} aria-label=${t('图例')} @click=${() => this.expand(layer.id)}>${icon(open ? 'up' : 'down', 11)}</button>`
            : nothing}
        </span>
        <span>
          <span class="side num ${on ? 'hides' : ''}">${sideText(layer)}</span>
          ${on ? this.fader(layer) : nothing}
        </span>
      </div>
      ${open ? html`<ul class="classes">${this.key(layer)}</ul>` : nothing}
    </li>`
  }

  /** The classes of a layer, or the stops of a raster's ramp. */
  private key(layer: LayerInfo): TemplateResult[] {
    const stops = layer.style.ramp ?? []
    if (stops.length > 0) return stops.map(([value, colour]) => html`<li class="num">${patch(colour, false)}${number(value, 1, true)} ${layer.unit ?? ''}</li>`)
    return (layer.style.classes ?? []).map((entry) => html`<li>${swatch(layer, entry)}<span class="ellipsis">${entry.title}</span></li>`)
  }

  private fader(layer: LayerInfo): TemplateResult {
    const value = this.opacity[layer.id] ?? 1
    return html`<input class="fade" type="range" min="0.1" max="1" step="0.05" .value=${String(value)}
      aria-label=${t('{layer}的不透明度', { layer: layer.title })} title=${t('不透明度')}
      @input=${(event: Event) => this.tell('layer-opacity', { id: layer.id, value: Number((event.target as HTMLInputElement).value) })} />`
  }

  private yearSlider(): TemplateResult {
    return html`<div class="year">
      <header><label for="year">${t('线网年份')}</label><output class="num">${this.year}</output></header>
      <div class="scale num">${FIRST_YEAR}
        <input id="year" type="range" min=${FIRST_YEAR} max=${LAST_YEAR} step="1" .value=${String(this.year)}
          @input=${(event: Event) => this.tell('year-change', Number((event.target as HTMLInputElement).value))} />
        ${LAST_YEAR}</div>
      <div class="key">
        <span>${lineMark(false)}${t('届时运营')}</span><span>${lineMark(true)}${t('在建或规划')}</span>
        <span>${stationMark('open')}${t('车站')}</span><span>${stationMark('uncertain')}${t('估算站位')}</span>
      </div>
    </div>`
  }

  private facts(layer: LayerInfo): string {
    const { title, authority, as_of, licence } = layer
    return [title, authority, as_of ? t('截至 {date}', { date: as_of }) : null, licence].filter(Boolean).join(' · ')
  }

  private expand(id: string): void {
    const next = new Set(this.expanded)
    if (!next.delete(id)) next.add(id)
    this.expanded = next
  }
}

/** Boundaries say how old they are, collections how many they hold. */
function sideText(layer: LayerInfo): string {
  const counted = layer.count !== null && layer.count !== undefined && layer.group !== 'control' && layer.kind !== 'line' && layer.kind !== 'raster'
  if (counted) return number(layer.count)
  return layer.as_of?.slice(0, 7) ?? ''
}

define('gis-layers', LayersPanel)
