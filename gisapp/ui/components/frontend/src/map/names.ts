import type { Map as MapLibre } from 'maplibre-gl'
import type { LayerInfo } from '../types'

type Ring = GeoJSON.Position[]

const ringArea = (ring: Ring): number => {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi = 0, yi = 0] = ring[i] ?? []
    const [xj = 0, yj = 0] = ring[j] ?? []
    sum += xj * yi - xi * yj
  }
  return Math.abs(sum / 2)
}

/** Return a point well inside a ring: the middle of its longest horizontal chord among a few. */
export function inside(ring: Ring): [number, number] {
  const ys = ring.map((p) => p[1] ?? 0)
  const low = Math.min(...ys)
  const high = Math.max(...ys)
  let best: [number, number, number] = [ring[0]?.[0] ?? 0, ring[0]?.[1] ?? 0, -1]
  for (const share of [0.5, 0.42, 0.58, 0.33, 0.67, 0.25, 0.75]) {
    const y = low + (high - low) * share
    const cuts: number[] = []
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi = 0, yi = 0] = ring[i] ?? []
      const [xj = 0, yj = 0] = ring[j] ?? []
      if (yi > y !== yj > y) cuts.push(xi + ((y - yi) / (yj - yi)) * (xj - xi))
    }
    cuts.sort((a, b) => a - b)
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const from = cuts[i] ?? 0
      const to = cuts[i + 1] ?? 0
      if (to - from > best[2]) best = [(from + to) / 2, y, to - from]
    }
  }
  return [best[0], best[1]]
}

const clip = (ring: Ring, west: number, south: number, east: number, north: number): Ring => {
  const sides: [number, number, number][] = [[0, west, 1], [0, east, -1], [1, south, 1], [1, north, -1]]
  return sides.reduce<Ring>((points, [axis, limit, sign]) => {
    const within = (p: GeoJSON.Position) => ((p[axis] ?? 0) - limit) * sign >= 0
    const kept: Ring = []
    points.forEach((p, i) => {
      const before = points[(i + points.length - 1) % points.length] ?? p
      if (within(p) !== within(before)) {
        const share = (limit - (before[axis] ?? 0)) / ((p[axis] ?? 0) - (before[axis] ?? 0))
        kept.push([0, 1].map((n) => (before[n] ?? 0) + share * ((p[n] ?? 0) - (before[n] ?? 0))))
      }
      if (within(p)) kept.push(p)
    })
    return kept
  }, ring)
}

/** Layers whose names are gathered here: areas, cut up by tiles, and stations, of which an interchange has several. */
export const isGathered = (layer: LayerInfo): boolean => layer.kind === 'polygon' || layer.role === 'station'

/** Return one named point for each area or station in view. */
export function gatherNames(map: MapLibre, layers: LayerInfo[]): GeoJSON.FeatureCollection {
  const bounds = map.getBounds()
  const view = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] as const
  const best = new Map<string, { layer: string; name: string; area: number; ring: Ring }>()
  for (const layer of layers) {
    const field = layer.style.label
    if (!field || !isGathered(layer)) continue
    if (map.getZoom() < (layer.style.label_min_zoom ?? 0)) continue
    for (const feature of map.querySourceFeatures('tiles', { sourceLayer: layer.id })) {
      const name = String(feature.properties[field] ?? '')
      const geometry = feature.geometry
      if (geometry.type === 'Point') {
        if (name) best.set(`${layer.id}\u0000${name}`, { layer: layer.id, name, area: 0, ring: [geometry.coordinates] })
        continue
      }
      const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
      for (const part of parts) {
        const ring = clip(part[0] ?? [], ...view)
        const area = ring.length > 2 ? ringArea(ring) : 0
        const key = `${layer.id}\u0000${name}`
        if (name && area > (best.get(key)?.area ?? 0)) best.set(key, { layer: layer.id, name, area, ring })
      }
    }
  }
  const features = [...best.values()].map(({ layer, name, ring }) => ({
    type: 'Feature' as const,
    properties: { layer, name },
    geometry: { type: 'Point' as const, coordinates: ring.length === 1 ? (ring[0] ?? []) : inside(ring) },
  }))
  return { type: 'FeatureCollection', features }
}
