import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { INK, mix } from '../colour'
import type { LayerInfo } from '../types'
import { TILES, byClass, faded, zoomed } from './expressions'
import type { Drawn } from './reference'

export const FIRST_YEAR = 2026
export const LAST_YEAR = 2035
/** Positions known no better than this are drawn as uncertain [m]. */
export const UNCERTAIN_M = 100

const NETWORK = ['transit_line', 'rail_line', 'station', 'hub']

export const isNetwork = (layer: LayerInfo): boolean => NETWORK.includes(layer.role ?? '')

/** Return whether a line or station runs by the end of `year`; one without a year stays planned. */
export function isOpen(layer: LayerInfo, year: number): ExpressionSpecification {
  const classed = layer.style.class_field ? ['in', 'operating', ['to-string', ['get', layer.style.class_field]]] : false
  // A network that says neither status nor year is one that runs.
  const silent = layer.style.class_field ? false : ['all', ['!', ['has', 'status']], ['!', ['has', 'opening_year']]]
  return [
    'any',
    ['==', ['get', 'status'], 'operating'],
    classed,
    silent,
    ['<=', ['to-number', ['coalesce', ['get', 'opening_year'], 9999], 9999], year],
  ] as unknown as ExpressionSpecification
}

/** Return a network line: solid where it runs in `year`, dashed and lighter where it is still to come. */
export function networkLine({ layer, opacity, k }: Drawn, year: number): LayerSpecification[] {
  const { line, width_px, dash, halo } = layer.style
  const open = isOpen(layer, year)
  const width = byClass(layer, (entry) => (entry.width_px ? entry.width_px * k : null), (width_px ?? 3) * k) as number
  const colour = byClass(layer, (entry) => entry.line, line ?? INK)
  const pale = byClass(layer, (entry) => (entry.line ? mix(entry.line, '#ffffff', 0.82) : null), mix(line ?? INK, '#ffffff', 0.82))
  const planned = byClass(layer, (entry) => (entry.dash ? ['literal', entry.dash] : null), ['literal', dash ?? [2.4, 1.4]])
  const place = { source: TILES, 'source-layer': layer.id, ...(layer.min_zoom ? { minzoom: layer.min_zoom } : {}) }
  const casing = ['+', width, 2.4 * k] as unknown as ExpressionSpecification
  return [
    {
      ...place,
      id: `${layer.id}/halo`,
      type: 'line',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': halo ?? '#ffffff', 'line-width': zoomed(casing), 'line-opacity': faded(opacity, 0.75) },
    },
    {
      ...place,
      id: `${layer.id}/planned`,
      type: 'line',
      filter: ['!', open] as ExpressionSpecification,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': pale as string, 'line-width': zoomed(width), 'line-dasharray': planned as unknown as number[], 'line-opacity': faded(opacity, 0.9) },
    },
    {
      ...place,
      id: `${layer.id}/line`,
      type: 'line',
      filter: open,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': colour as string, 'line-width': zoomed(width), 'line-opacity': opacity },
    },
  ]
}

/** Return the stations: a full ring when open, thin when planned, dashed where the position is estimated. */
export function stations({ layer, opacity }: Drawn, year: number): LayerSpecification[] {
  const size = Math.min(1.6, Math.max(0.7, (layer.style.radius_px ?? 5) / 5))
  const colour = layer.style.line ?? INK
  const kind = [
    'case',
    ['>', ['to-number', ['coalesce', ['get', 'accuracy_m'], 0], 0], UNCERTAIN_M], 'uncertain',
    isOpen(layer, year), 'open',
    'planned',
  ]
  const change = ['case', ['has', 'interchange'], 'change-', '']
  return [
    {
      id: `${layer.id}/station`,
      type: 'symbol',
      source: TILES,
      'source-layer': layer.id,
      minzoom: layer.min_zoom ?? 9.5,
      layout: {
        'icon-image': ['concat', 'station:', change, kind, `:${colour}`] as unknown as ExpressionSpecification,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.55 * size, 13, 0.9 * size, 16, 1.15 * size],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['to-number', ['coalesce', ['get', 'opening_year'], 9999], 9999] as unknown as number,
      },
      paint: { 'icon-opacity': opacity },
    },
  ]
}

/** Return the circle of a position's accuracy, dashed, at true scale. */
export const discLayers = (k: number): LayerSpecification[] => [
  { id: 'disc-fill', type: 'fill', source: 'disc', paint: { 'fill-color': '#5b6fae', 'fill-opacity': 0.08 } },
  {
    id: 'disc-line',
    type: 'line',
    source: 'disc',
    paint: { 'line-color': '#4a5c99', 'line-width': 1.4 * k, 'line-dasharray': [3, 2.5], 'line-opacity': 0.9 },
  },
]
