import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { FABRIC, INK, NO_SCORE, SCORE_RAMP, UNFILLED, UNKNOWN, VERDICT_FILL, mix, soften } from '../colour'
import type { Theme } from '../theme'
import type { LandUse } from '../types'

export const PARCEL_ZOOM = 13
const TILES = 'tiles'

/** Return colour by the longest known prefix of a land-use code attribute. */
export function landUseColour(attribute: string, table: LandUse[], shade: (hex: string) => string): ExpressionSpecification | string {
  const lengths = [...new Set(table.map((entry) => entry.code.length))].sort((a, b) => a - b)
  return lengths.reduce<ExpressionSpecification | string>((shorter, length) => {
    const branches = table
      .filter((entry) => entry.code.length === length)
      .flatMap((entry) => [entry.code, shade(entry.color)])
    const prefix = ['slice', ['to-string', ['get', attribute]], 0, length]
    return ['match', prefix, ...branches, shorter] as unknown as ExpressionSpecification
  }, UNFILLED)
}

/** Return the colour of a verdict letter held in feature state. */
const verdictColour = (fallback: string, colours: Record<string, string> = VERDICT_FILL): ExpressionSpecification =>
  ['match', ['coalesce', ['feature-state', 'v'], ''], ...Object.entries(colours).flat(), fallback] as unknown as ExpressionSpecification

const scoreColour = (): ExpressionSpecification =>
  [
    'case',
    ['==', ['coalesce', ['feature-state', 's'], -1], -1],
    NO_SCORE,
    ['interpolate', ['linear'], ['coalesce', ['feature-state', 's'], 0], ...SCORE_RAMP.flat()],
  ] as unknown as ExpressionSpecification

export function fillColour(theme: Theme, landUse: LandUse[]): ExpressionSpecification | string {
  if (theme.kind === 'land') return landUseColour('use_code', landUse, soften)
  if (theme.kind === 'plan') return landUseColour('plan_use_code', landUse, soften)
  return theme.kind === 'verdict' ? verdictColour(UNFILLED) : scoreColour()
}

const state = (name: string): ExpressionSpecification => ['boolean', ['feature-state', name], false]

/** Return the outline colour: the theme that does not fill is read from the outline. */
function outlineColour(theme: Theme, landUse: LandUse[], judged: boolean): ExpressionSpecification | string {
  if (theme.kind === 'verdict' || theme.kind === 'score')
    return landUseColour('use_code', landUse, (hex) => mix(mix(hex, '#8b8676', 0.55), '#ffffff', 0.8))
  const neutral = '#a9a494'
  return judged ? verdictColour(neutral, { c: '#0072b2', p: '#d55e00', u: UNKNOWN, n: neutral, x: neutral }) : neutral
}

const unknownShare = (opacity: number): ExpressionSpecification => [
  'case',
  ['==', ['coalesce', ['feature-state', 'v'], ''], 'u'],
  opacity,
  0,
]

/** Return the fills of the parcel fabric: dissolved classes from afar, parcels from zoom 13. */
export function parcelFills(theme: Theme, landUse: LandUse[], opacity: number, selected: boolean): LayerSpecification[] {
  const dim = selected ? 0.82 : 0.95
  const full = ['case', state('selected'), opacity, opacity * dim] as unknown as ExpressionSpecification
  // No last zoom: tiles from 13 on hold no classes, but those below stand in while they load.
  const far: LayerSpecification = {
    id: 'parcel-class',
    type: 'fill',
    source: TILES,
    'source-layer': 'parcel_class',
    paint: {
      'fill-color': theme.kind === 'land' ? landUseColour('use_code', landUse, soften) : UNFILLED,
      'fill-outline-color': theme.kind === 'land' ? 'rgba(120,110,90,0.18)' : FABRIC,
      'fill-opacity': opacity * 0.92,
    },
  }
  const near: LayerSpecification = {
    id: 'parcel-fill',
    type: 'fill',
    source: TILES,
    'source-layer': 'parcel',
    minzoom: PARCEL_ZOOM,
    paint: { 'fill-color': fillColour(theme, landUse), 'fill-opacity': full },
  }
  const hatch: LayerSpecification = {
    id: 'parcel-unknown',
    type: 'fill',
    source: TILES,
    'source-layer': 'parcel',
    minzoom: PARCEL_ZOOM,
    layout: { visibility: theme.kind === 'verdict' ? 'visible' : 'none' },
    paint: { 'fill-pattern': `hatch:diagonal:${UNKNOWN}`, 'fill-opacity': unknownShare(opacity * (selected ? 0.8 : 1)) },
  }
  return [far, near, hatch]
}

/** Return the outlines of the parcels and the far points, which carry the verdict below zoom 13. */
export function parcelOutlines(theme: Theme, landUse: LandUse[], opacity: number, judged: boolean, k: number): LayerSpecification[] {
  const strong = theme.kind === 'land' || theme.kind === 'plan'
  const loud = ['match', ['coalesce', ['feature-state', 'v'], ''], ['c', 'p'], 1.5 * k, ['u'], 1.0 * k, 0.5 * k]
  const base = (strong && judged ? loud : 0.7 * k) as unknown as number
  const width = ['interpolate', ['linear'], ['zoom'], 13, ['*', 0.45, base], 16, base, 18, ['*', 1.5, base]]
  return [
    {
      id: 'parcel-line',
      type: 'line',
      source: TILES,
      'source-layer': 'parcel',
      minzoom: PARCEL_ZOOM,
      paint: {
        'line-color': outlineColour(theme, landUse, judged),
        'line-width': width as unknown as number,
        'line-opacity': opacity,
      },
    },
    {
      id: 'parcel-hover',
      type: 'line',
      source: TILES,
      'source-layer': 'parcel',
      minzoom: PARCEL_ZOOM,
      paint: {
        'line-color': INK,
        'line-width': ['case', state('hover'), 2 * k, 0] as unknown as number,
      },
    },
    ...(strong ? [] : [farPoints(theme, landUse, opacity, k)]),
  ]
}

function farPoints(theme: Theme, landUse: LandUse[], opacity: number, k: number): LayerSpecification {
  const verdict = ['coalesce', ['feature-state', 'v'], '']
  const shown = theme.kind === 'verdict' ? ['match', verdict, ['c', 'p'], 1, ['u'], 0.9, ['n'], 0.55, 0.0] : 0.9
  const size = (factor: number) =>
    ['case', state('hover'), 7 * k, ['match', verdict, ['c', 'p'], factor * k, ['u'], factor * 0.85 * k, factor * 0.7 * k]]
  return {
    id: 'parcel-point',
    type: 'circle',
    source: TILES,
    'source-layer': 'parcel_point',
    maxzoom: PARCEL_ZOOM,
    paint: {
      'circle-color': fillColour(theme, landUse),
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, size(2.2), 11, size(3.4), 13, size(5.4)] as unknown as number,
      'circle-stroke-color': [
        'case', state('hover'), INK, ['match', verdict, 'u', UNKNOWN, '#ffffff'],
      ] as unknown as ExpressionSpecification,
      'circle-stroke-width': ['match', verdict, 'u', 1.2 * k, 0.6 * k] as unknown as number,
      'circle-opacity': ['*', opacity, shown] as unknown as number,
      'circle-stroke-opacity': ['*', opacity, shown] as unknown as number,
    },
  }
}

/** Return the outline of the selected parcel: ink over a white halo, at every zoom. */
export const selectionLayers = (k: number): LayerSpecification[] => [
  {
    id: 'selection-halo',
    type: 'line',
    source: 'selection',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': '#ffffff', 'line-width': 7 * k, 'line-opacity': 0.9 },
  },
  {
    id: 'selection-line',
    type: 'line',
    source: 'selection',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': INK, 'line-width': 3 * k },
  },
]
