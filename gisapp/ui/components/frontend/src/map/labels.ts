import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { INK, mix } from '../colour'
import type { LayerInfo } from '../types'
import { TILES } from './expressions'
import { isGathered } from './names'
import type { Drawn } from './reference'

/** Drawn by the browser from fonts on the machine: the style names no glyph address. */
export const FONT = ['Noto Sans CJK SC', 'Microsoft YaHei', 'sans-serif']

/** First zoom at which a role is named, where its style does not say. */
const FROM: Record<string, number> = { station: 11.5, road: 13.5, street: 11, district: 8, park: 10.5, hazard: 13 }
/** Large areas are not named where the view lies inside them. */
const UNTIL: Record<string, number> = { district: 13, outline: 13, street: 15, hub: 12 }
const RANK: Record<string, number> = { station: 0, hub: 0, district: 2, park: 3, street: 4, road: 6 }

const tone = (layer: LayerInfo): string => {
  if (layer.role === 'station' || layer.role === 'hub') return INK
  return mix(layer.style.line ?? layer.style.fill ?? INK, INK, layer.kind === 'polygon' ? 0.55 : 0.45)
}

/** Return the labels of a layer, or nothing where its style names no label. */
export function labels({ layer, opacity, k }: Drawn): LayerSpecification[] {
  const field = layer.style.label
  if (!field) return []
  const along = layer.kind === 'line'
  const area = layer.kind === 'polygon'
  const gathered = isGathered(layer)
  const size = (layer.role === 'station' ? 13 : area ? 12.5 : 11.5) * k
  return [
    {
      id: `${layer.id}/label`,
      type: 'symbol',
      source: gathered ? 'names' : TILES,
      ...(gathered ? { filter: ['==', ['get', 'layer'], layer.id] as ExpressionSpecification } : { 'source-layer': layer.id }),
      minzoom: Math.max(layer.style.label_min_zoom ?? FROM[layer.role ?? ''] ?? 11, layer.min_zoom ?? 0),
      ...(UNTIL[layer.role ?? ''] ? { maxzoom: UNTIL[layer.role ?? ''] as number } : {}),
      layout: {
        'text-field': ['to-string', ['get', gathered ? 'name' : field]],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 10, size * 0.88, 14, size, 17, size * 1.12],
        'symbol-placement': along ? 'line' : 'point',
        'symbol-spacing': 420,
        'text-letter-spacing': area ? 0.06 : 0.01,
        'text-max-width': 9,
        'text-padding': area ? 6 : 3,
        'symbol-sort-key': RANK[layer.role ?? ''] ?? 5,
        ...(along || area
          ? {}
          : {
              'text-variable-anchor': ['left', 'right', 'top', 'bottom'] as const,
              'text-radial-offset': 0.75,
              'text-justify': 'auto' as const,
            }),
      } as never,
      paint: {
        'text-color': tone(layer),
        'text-opacity': opacity,
        'text-halo-color': 'rgba(255,255,255,0.94)',
        'text-halo-width': 1.7 * k,
        'text-halo-blur': 0.3,
      },
    },
  ]
}
