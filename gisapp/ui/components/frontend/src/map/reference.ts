import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { LayerInfo } from '../types'
import { TILES, byClass, faded, ofClass, zoomed } from './expressions'

/** Roles that make the ground: drawn under the parcels, outline and all. */
const GROUND = ['elevation', 'flood_depth', 'land_class', 'district', 'street', 'plan', 'water', 'road']

export interface Drawn {
  layer: LayerInfo
  opacity: number
  k: number
}

export const isGround = (layer: LayerInfo): boolean => layer.kind === 'raster' || GROUND.includes(layer.role ?? '')

/** A raster has a picture only where its catalogue entry gives it a colour ramp. */
export const isDrawable = (layer: LayerInfo): boolean => layer.kind !== 'raster' || (layer.style.ramp?.length ?? 0) > 0

const common = (layer: LayerInfo, part: string) => ({
  id: `${layer.id}/${part}`,
  source: TILES,
  'source-layer': layer.id,
  ...(layer.min_zoom ? { minzoom: layer.min_zoom } : {}),
})

/** Return layers in the order of the ground: rasters and surfaces first, then water, then roads. */
export function groundFirst(layers: LayerInfo[]): LayerInfo[] {
  const place = (layer: LayerInfo) => (layer.kind === 'raster' ? -1 : GROUND.indexOf(layer.role ?? ''))
  return layers.filter(isGround).sort((a, b) => place(a) - place(b))
}

export function rasterLayer({ layer, opacity }: Drawn): LayerSpecification[] {
  return [
    {
      id: `${layer.id}/raster`,
      type: 'raster',
      source: `raster:${layer.id}`,
      ...(layer.min_zoom ? { minzoom: layer.min_zoom } : {}),
      paint: { 'raster-opacity': faded(opacity, layer.style.fill_opacity ?? 0.8), 'raster-resampling': 'linear', 'raster-fade-duration': 0 },
    },
  ]
}

/** Return the flat fill of a polygon layer, if it has one. */
export function polygonFill({ layer, opacity }: Drawn): LayerSpecification[] {
  const { fill, fill_opacity, classes } = layer.style
  if (!fill && !classes?.some((entry) => entry.fill)) return []
  return [
    {
      ...common(layer, 'fill'),
      type: 'fill',
      paint: {
        'fill-color': byClass(layer, (entry) => entry.fill, fill ?? 'rgba(0,0,0,0)') as string,
        'fill-opacity': faded(opacity, fill_opacity ?? 1),
        'fill-antialias': true,
      },
    },
  ]
}

/** Return the hatches of a polygon layer: one for the layer or one for each class that has its own. */
export function polygonHatch({ layer, opacity }: Drawn): LayerSpecification[] {
  const { hatch, line, fill, classes } = layer.style
  const own = (classes ?? []).filter((entry) => entry.hatch)
  const paint = (name: string, colour: string) => ({ 'fill-pattern': `hatch:${name}:${colour}`, 'fill-opacity': faded(opacity, 0.8) })
  if (own.length > 0)
    return own.map((entry) => ({
      ...common(layer, `hatch:${entry.value}`),
      type: 'fill',
      filter: ofClass(layer, entry),
      paint: paint(entry.hatch ?? 'diagonal', entry.line ?? entry.fill ?? line ?? '#555555'),
    }))
  if (!hatch) return []
  return [{ ...common(layer, 'hatch'), type: 'fill', paint: paint(hatch, line ?? fill ?? '#555555') }]
}

/** Return the outline of a polygon layer or the line of a line layer, over its halo. */
export function outline({ layer, opacity, k }: Drawn): LayerSpecification[] {
  const { line, width_px, dash, halo, classes } = layer.style
  if (!line && !classes?.some((entry) => entry.line)) return []
  const width = byClass(layer, (entry) => (entry.width_px ? entry.width_px * k : null), (width_px ?? 1) * k)
  const layers: LayerSpecification[] = []
  if (halo)
    layers.push({
      ...common(layer, 'halo'),
      type: 'line',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': halo, 'line-width': zoomed(['+', width as number, 4 * k] as ExpressionSpecification), 'line-opacity': faded(opacity, 0.55) },
    })
  const dashes = byClass(layer, (entry) => (entry.dash ? ['literal', entry.dash] : null), dash ? ['literal', dash] : ['literal', [1, 0]])
  const dashed = dash || classes?.some((entry) => entry.dash)
  layers.push({
    ...common(layer, 'line'),
    type: 'line',
    layout: { 'line-join': 'round', 'line-cap': dashed ? 'butt' : 'round' },
    paint: {
      'line-color': byClass(layer, (entry) => entry.line, line ?? 'rgba(0,0,0,0)') as string,
      'line-width': zoomed(width as number),
      'line-opacity': opacity,
      ...(dashed ? { 'line-dasharray': (layer.style.class_field && classes?.some((entry) => entry.dash) ? dashes : dash) as number[] } : {}),
    },
  })
  return layers
}

/** Return the circle of a point layer that is no station. */
export function points({ layer, opacity, k }: Drawn): LayerSpecification[] {
  const { fill, line, radius_px, width_px } = layer.style
  const radius = (radius_px ?? 4) * k
  return [
    {
      ...common(layer, 'point'),
      type: 'circle',
      paint: {
        'circle-color': byClass(layer, (entry) => entry.fill, fill ?? '#ffffff') as string,
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, radius * 0.55, 14, radius],
        'circle-opacity': faded(opacity, layer.style.fill_opacity ?? 1),
        'circle-stroke-color': byClass(layer, (entry) => entry.line, line ?? '#333333') as string,
        'circle-stroke-width': (width_px ?? 1.2) * k,
        'circle-stroke-opacity': opacity,
      },
    },
  ]
}
