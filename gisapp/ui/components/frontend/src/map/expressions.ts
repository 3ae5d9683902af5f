import type { ExpressionSpecification } from 'maplibre-gl'
import type { LayerInfo, StyleClass } from '../types'

export const TILES = 'tiles'

type Value = string | number | unknown[]

/** Classes named by digits are codes: a longer code belongs to the class that it starts with. */
const areCodes = (layer: LayerInfo): boolean => (layer.style.classes ?? []).every((entry) => /^\d+$/.test(String(entry.value)))

/** Return an expression that takes `pick(class)` for each class of a layer and `fallback` for the rest. */
export function byClass<T extends Value>(layer: LayerInfo, pick: (entry: StyleClass) => T | null | undefined, fallback: T): T | ExpressionSpecification {
  const field = layer.style.class_field
  const branches = (layer.style.classes ?? []).flatMap((entry): [string, T][] => {
    const value = pick(entry)
    return value === null || value === undefined ? [] : [[String(entry.value), value]]
  })
  if (!field || branches.length === 0) return fallback
  const text = ['to-string', ['get', field]]
  if (!areCodes(layer)) return ['match', text, ...branches.flat(), fallback] as unknown as ExpressionSpecification
  const lengths = [...new Set(branches.map(([code]) => code.length))].sort((x, y) => x - y)
  return lengths.reduce<T | ExpressionSpecification>((shorter, length) => {
    const own = branches.filter(([code]) => code.length === length).flat()
    return ['match', ['slice', text, 0, length], ...own, shorter] as unknown as ExpressionSpecification
  }, fallback)
}

/** Return a filter for the features of one class. */
export function ofClass(layer: LayerInfo, entry: StyleClass): ExpressionSpecification {
  const text = ['to-string', ['get', layer.style.class_field ?? '']]
  const value = String(entry.value)
  return ['==', areCodes(layer) ? ['slice', text, 0, value.length] : text, value] as unknown as ExpressionSpecification
}

/** Return a line width that thins out from afar and thickens up close; `width` may depend on the class. */
export const zoomed = (width: number | ExpressionSpecification, far = 0.5): number =>
  [
    'interpolate', ['linear'], ['zoom'],
    9, ['*', far, width],
    13, ['*', 0.85, width],
    17, ['*', 1.35, width],
  ] as unknown as number

export const faded = (opacity: number, share: number): number => Math.round(opacity * share * 1000) / 1000
