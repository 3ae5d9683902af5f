import type { ExpressionSpecification } from 'maplibre-gl'
import type { LayerInfo, StyleClass } from '../types'

export const TILES = 'tiles'

/** Return an expression that takes `pick(class)` for each class of a layer and `fallback` for the rest. */
export function byClass<T>(layer: LayerInfo, pick: (entry: StyleClass) => T | null | undefined, fallback: T): T | ExpressionSpecification {
  const field = layer.style.class_field
  const branches = (layer.style.classes ?? []).flatMap((entry) => {
    const value = pick(entry)
    return value === null || value === undefined ? [] : [String(entry.value), value]
  })
  if (!field || branches.length === 0) return fallback
  return ['match', ['to-string', ['get', field]], ...branches, fallback] as unknown as ExpressionSpecification
}

/** Return a filter for the features of one class. */
export const ofClass = (layer: LayerInfo, entry: StyleClass): ExpressionSpecification => [
  '==',
  ['to-string', ['get', layer.style.class_field ?? '']],
  String(entry.value),
]

/** Return a line width that thins out from afar and thickens up close; `width` may depend on the class. */
export const zoomed = (width: number | ExpressionSpecification, far = 0.5): number =>
  [
    'interpolate', ['linear'], ['zoom'],
    9, ['*', far, width],
    13, ['*', 0.85, width],
    17, ['*', 1.35, width],
  ] as unknown as number

export const faded = (opacity: number, share: number): number => Math.round(opacity * share * 1000) / 1000
