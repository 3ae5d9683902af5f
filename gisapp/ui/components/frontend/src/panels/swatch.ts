import { type SVGTemplateResult, type TemplateResult, html, svg } from 'lit'
import { UNKNOWN } from '../colour'
import type { LayerInfo, StyleClass } from '../types'

const W = 24
const H = 14

const frame = (content: SVGTemplateResult): TemplateResult =>
  html`<svg width=${W} height=${H} viewBox="0 0 ${W} ${H}" aria-hidden="true" style="display:block;flex:none">${content}</svg>`

const hatchLines = (name: string, colour: string): SVGTemplateResult => {
  const at = [-6, 0, 6, 12, 18, 24]
  const slash = name === 'back' ? (x: number) => `M${x} 1 l12 12` : (x: number) => `M${x} 13 l12 -12`
  const d =
    name === 'horizontal' ? 'M1 4 h22 M1 7 h22 M1 10 h22'
    : name === 'vertical' ? 'M6 1 v12 M12 1 v12 M18 1 v12'
    : name === 'cross' ? `${at.map(slash).join('')} ${at.map((x) => `M${x} 1 l12 12`).join('')}`
    : at.map(slash).join('')
  return svg`<g clip-path="inset(0)"><svg x="1" y="1" width="22" height="12" viewBox="1 1 22 12"><path d=${d} stroke=${colour} stroke-width="1.1" fill="none"/></svg></g>`
}

const dashText = (dash: number[] | null | undefined, width: number): string =>
  dash ? dash.map((part) => part * width).join(' ') : 'none'

/** Draw the symbol of a layer, or of one of its classes, as the map draws it. */
export function swatch(layer: LayerInfo, entry?: StyleClass): TemplateResult {
  const { style } = layer
  const first = style.classes?.find((item) => item.fill || item.line)
  const fill = entry?.fill ?? style.fill ?? (entry ? null : first?.fill) ?? null
  const line = entry?.line ?? style.line ?? (entry ? null : first?.line) ?? null
  const dash = entry ? entry.dash : style.dash
  const width = Math.min(4, Math.max(1, entry?.width_px ?? style.width_px ?? 1))
  if (layer.kind === 'raster') return rasterSwatch(layer)
  if (layer.kind === 'point') return pointSwatch(layer, fill, line)
  if (layer.kind === 'line')
    return frame(svg`<path d="M1 7 h22" stroke=${line ?? '#888'} stroke-width=${width} stroke-dasharray=${dashText(dash, width)} fill="none"/>`)
  const hatch = entry?.hatch ?? style.hatch
  const fills = entry ? [] : (style.classes ?? []).flatMap((item) => (item.fill ? [item.fill] : []))
  if (fills.length > 1) return classedSwatch(layer, fills, line ?? 'rgba(16,39,58,.3)')
  const inset = 0.5 + width / 2
  return frame(svg`
    ${style.halo ? svg`<rect x="1" y="1" width="22" height="12" rx="1.5" fill="none" stroke=${style.halo} stroke-width="3"/>` : null}
    <rect x=${inset} y=${inset} width=${W - 2 * inset} height=${H - 2 * inset} rx="1.5" fill=${fill ?? 'none'}
      fill-opacity=${style.fill_opacity ?? 1} stroke=${line ?? 'none'} stroke-width=${width} stroke-dasharray=${dashText(dash, width)}/>
    ${hatch ? hatchLines(hatch, line ?? fill ?? '#555') : null}`)
}

/** A layer drawn by class shows the first few of its colours side by side. */
function classedSwatch(layer: LayerInfo, fills: string[], line: string): TemplateResult {
  const shown = [0, 1, 2, 3].map((i) => fills[Math.floor((i * fills.length) / 4)] ?? '#fff')
  const opacity = Math.max(0.75, layer.style.fill_opacity ?? 1)
  return frame(svg`${shown.map((fill, i) => svg`<rect x=${1 + i * 5.5} y="1" width="5.5" height="12" fill=${fill} fill-opacity=${opacity}/>`)}
    <rect x="1" y="1" width="22" height="12" rx="1" fill="none" stroke=${line} stroke-width="0.75"/>`)
}

function pointSwatch(layer: LayerInfo, fill: string | null, line: string | null): TemplateResult {
  const station = layer.role === 'station'
  const radius = station ? 4.4 : Math.min(5.5, layer.style.radius_px ?? 4)
  return frame(svg`<circle cx="12" cy="7" r=${radius} fill=${station ? '#fff' : (fill ?? '#fff')}
    fill-opacity=${layer.style.fill_opacity ?? 1} stroke=${line ?? '#10273a'} stroke-width=${station ? 2 : 1.3}/>`)
}

function rasterSwatch(layer: LayerInfo): TemplateResult {
  const ramp = layer.style.ramp?.length ? layer.style.ramp : ([[0, '#dfe8d5', 1], [1, '#8a6f4d', 1]] as const)
  const step = (W - 2) / ramp.length
  return frame(svg`${ramp.map(([, colour], i) => svg`<rect x=${1 + i * step} y="1" width=${step + 0.3} height="12" fill=${colour}/>`)}`)
}

/** Draw a plain colour of the legend; unknown carries its violet hatch. */
export const patch = (fill: string, hatched: boolean): TemplateResult =>
  frame(svg`<rect x="1" y="1" width="22" height="12" rx="1.5" fill=${fill} stroke="rgba(16,39,58,.28)" stroke-width="0.75"/>
    ${hatched ? hatchLines('diagonal', UNKNOWN) : null}`)

/** Draw the station symbols that the network legend explains. */
export const stationMark = (kind: 'open' | 'planned' | 'uncertain'): TemplateResult =>
  frame(svg`<circle cx="12" cy="7" r="4.6" fill="#fff" stroke="#10273a" stroke-width=${kind === 'open' ? 2.1 : 1.3}
    stroke-dasharray=${kind === 'uncertain' ? '2.4 1.8' : 'none'}/>`)

/** Draw a line piece, solid or dashed, for the network legend. */
export const lineMark = (dashed: boolean): TemplateResult =>
  frame(svg`<path d="M1 7 h22" stroke=${dashed ? '#6f7fa0' : '#35507a'} stroke-width="2.6" stroke-dasharray=${dashed ? '5 3' : 'none'}/>`)
