import type { Map as MapLibre } from 'maplibre-gl'
import type { Theme } from '../theme'
import type { LayerInfo } from '../types'
import { PARCEL_ZOOM } from './parcels'
import { type Pick, parcelAt } from './pointer'

/** What is awaited on screen after a flight: a station by name, or whichever parcel lies at a place. */
export type Sought = { kind: 'station'; title: string; lon: number; lat: number } | { kind: 'parcel'; lon: number; lat: number }

/** Return the land-use codes of the parcels, or of their classes, that are on screen. */
export function codesInView(map: MapLibre, theme: Theme): string[] {
  const layer = map.getZoom() < PARCEL_ZOOM ? 'parcel-class' : 'parcel-fill'
  const attribute = theme.kind === 'plan' ? 'plan_use_code' : 'use_code'
  const features = map.queryRenderedFeatures({ layers: [layer] })
  return [...new Set(features.map((feature) => String(feature.properties[attribute] ?? '')))].filter(Boolean).sort()
}

/** Return what is sought, if it has come on screen. */
export function sight(map: MapLibre, layers: LayerInfo[], sought: Sought): Pick | null {
  const { lon, lat } = sought
  if (sought.kind === 'parcel') return map.getZoom() < PARCEL_ZOOM ? null : parcelAt(map, lon, lat)
  for (const { id, role } of layers) {
    if (role !== 'station') continue
    const [found] = map.querySourceFeatures('tiles', { sourceLayer: id, filter: ['==', ['get', 'name'], sought.title] })
    if (found) return { kind: 'point', fid: null, layer: id, properties: found.properties, lon, lat }
  }
  return null
}
