import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { PAPER } from '../colour'
import type { Overlay, Place } from '../parts'
import type { Theme } from '../theme'
import type { FaceData, LayerInfo } from '../types'
import { labels } from './labels'
import { parcelFills, parcelOutlines, selectionLayers } from './parcels'
import { type Drawn, groundFirst, isDrawable, isGround, outline, points, polygonFill, polygonHatch, rasterLayer } from './reference'
import { discLayers, isNetwork, networkLine, stations } from './transit'

/** Everything that decides how the map is drawn; the style is a pure function of it. */
export interface MapState {
  data: FaceData
  theme: Theme
  year: number
  visible: Record<string, boolean>
  opacity: Record<string, number>
  parcelOpacity: number
  /** Whether verdicts are in the feature state, so that outlines may show them. */
  judged: boolean
  selected: boolean
  k: number
}

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
export const MAX_TILE_ZOOM = 17

export const isShown = (state: MapState, layer: LayerInfo): boolean => state.visible[layer.id] ?? layer.visible

/** Return the attributions that the layers on the map ask for, each once. */
export function creditsOf(layers: LayerInfo[], visible: Record<string, boolean>): string[] {
  const shown = layers.filter((layer) => visible[layer.id] ?? layer.visible)
  return [...new Set(shown.map((layer) => layer.attribution ?? '').filter(Boolean))]
}

/** Return the map style: ground, parcels, boundaries, lines, selection, stations, names. */
export function styleOf(state: MapState, origin: string, overlays: Overlay[] = []): StyleSpecification {
  const { data, theme, k, parcelOpacity } = state
  const all = data.layers ?? []
  const landUse = data.land_use ?? []
  const shown = all.filter((layer) => isShown(state, layer) && isDrawable(layer))
  const drawn = (layer: LayerInfo): Drawn => ({ layer, opacity: state.opacity[layer.id] ?? 1, k })
  const ground = groundFirst(shown).map(drawn)
  const over = shown.filter((layer) => !isGround(layer)).map(drawn)
  const of = (kind: LayerInfo['kind']) => over.filter(({ layer }) => layer.kind === kind)
  const added = (place: Place) => overlays.filter((overlay) => (overlay.place ?? 'over') === place).flatMap((overlay) => overlay.layers)
  const layers: LayerSpecification[] = [
    { id: 'paper', type: 'background', paint: { 'background-color': PAPER } },
    ...ground.flatMap((item) => groundLayers(item)),
    ...added('ground'),
    ...of('polygon').flatMap(polygonFill),
    ...parcelFills(theme, landUse, parcelOpacity, state.selected),
    ...parcelOutlines(theme, landUse, parcelOpacity, state.judged, k),
    ...of('polygon').flatMap(polygonHatch),
    ...of('polygon').flatMap(outline),
    ...of('line').flatMap((item) => (isNetwork(item.layer) ? networkLine(item, state.year) : outline(item))),
    ...selectionLayers(k),
    ...added('over'),
    ...discLayers(k),
    ...of('point').flatMap((item) => (item.layer.role === 'station' ? stations(item, state.year) : points(item))),
    ...[...ground, ...over].sort(byWeight).flatMap(labels),
  ]
  return { version: 8, sources: { ...sourcesOf(data, origin), ...sourcesOfOverlays(overlays) }, layers }
}

function sourcesOfOverlays(overlays: Overlay[]): Record<string, SourceSpecification> {
  const own = overlays.flatMap(({ id, geojson }): [string, SourceSpecification][] => (geojson ? [[id, { type: 'geojson', data: geojson }]] : []))
  return { ...Object.fromEntries(own), ...Object.assign({}, ...overlays.map((overlay) => overlay.sources ?? {})) }
}

function groundLayers(item: Drawn): LayerSpecification[] {
  if (item.layer.kind === 'raster') return rasterLayer(item)
  if (item.layer.kind === 'line') return outline(item)
  return [...polygonFill(item), ...polygonHatch(item), ...outline(item)]
}

/** Names placed last win their place: stations after streets, streets after roads. */
const WEIGHT = ['road', 'water', 'street', 'park', 'district', 'hub', 'station']
const byWeight = (a: Drawn, b: Drawn): number => WEIGHT.indexOf(a.layer.role ?? '') - WEIGHT.indexOf(b.layer.role ?? '')

function sourcesOf(data: FaceData, origin: string): Record<string, SourceSpecification> {
  const root = `${origin}${data.api}`
  const sources: Record<string, SourceSpecification> = {
    tiles: {
      type: 'vector',
      tiles: [`${root}/tiles/${data.version}/{z}/{x}/{y}.mvt`],
      minzoom: 5,
      maxzoom: MAX_TILE_ZOOM,
    },
    selection: { type: 'geojson', data: EMPTY },
    disc: { type: 'geojson', data: EMPTY },
    names: { type: 'geojson', data: EMPTY },
  }
  for (const layer of data.layers ?? [])
    if (layer.kind === 'raster' && isDrawable(layer))
      sources[`raster:${layer.id}`] = {
        type: 'raster',
        tiles: [`${root}/raster/${layer.id}/${data.version}/{z}/{x}/{y}.png`],
        tileSize: 256,
        minzoom: 6,
        maxzoom: 15,
      }
  return sources
}
