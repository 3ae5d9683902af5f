import type { LayerSpecification } from 'maplibre-gl'
import { ACCENT, INK } from '../colour'
import { linesOnce } from '../outlines'
import type { Overlay } from '../parts'
import type { ChangeKind, DiffChange, Imagery, Target } from './types'

/** How an outline is drawn: by what it is, never by colour alone. */
export type Role = 'before' | 'after' | 'new' | 'gone' | 'attributes'

export interface Shape {
  id: string
  role: Role
  geometry: GeoJSON.Geometry
}

export const ROLE_COLOUR: Record<Role, string> = {
  before: '#5d6b78',
  after: ACCENT,
  new: '#187a4b',
  gone: '#b64a00',
  attributes: '#6a4c9c',
}
export const REGISTERED = '#8a1f5c'
/** Opacity of the parcels over imagery. */
export const SEEN_THROUGH = 0.3

const asFeatures = (shapes: readonly Shape[], focus: string | null): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: shapes.map(({ id, role, geometry }) => ({ type: 'Feature', properties: { id, role, on: id === focus }, geometry })),
})

/** Return the outlines of the two sides of one change. */
export function sidesOf(id: string, kind: ChangeKind, before: GeoJSON.Geometry | null, after: GeoJSON.Geometry | null): Shape[] {
  const part = (role: Role, geometry: GeoJSON.Geometry | null): Shape[] => (geometry === null ? [] : [{ id, role, geometry }])
  if (kind === 'new') return part('new', after)
  if (kind === 'gone') return part('gone', before)
  if (kind === 'attributes') return part('attributes', after ?? before)
  return [...part('before', before), ...part('after', after)]
}

export const shapesOf = (changes: readonly DiffChange[]): Shape[] =>
  changes.flatMap((change) => sidesOf(change.parcel_id, change.kind, change.before, change.after))

function* positions(geometry: GeoJSON.Geometry): Generator<GeoJSON.Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) yield* positions(part)
    return
  }
  const stack: unknown[] = [geometry.coordinates]
  while (stack.length > 0) {
    const item = stack.pop() as unknown[]
    if (typeof item[0] === 'number') yield item as GeoJSON.Position
    else for (const part of item) stack.push(part)
  }
}

/** Return where to fly so that all geometries are seen, or null where there are none. */
export function targetOf(geometries: readonly (GeoJSON.Geometry | null)[]): Target | null {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const geometry of geometries)
    if (geometry !== null)
      for (const [x = 0, y = 0] of positions(geometry)) {
        box[0] = Math.min(box[0], x)
        box[1] = Math.min(box[1], y)
        box[2] = Math.max(box[2], x)
        box[3] = Math.max(box[3], y)
      }
  if (!Number.isFinite(box[0])) return null
  return { bbox: box, lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 }
}

const DASHED: Role[] = ['before', 'gone', 'attributes']
const byRole = (fallback: string) =>
  ['match', ['get', 'role'], ...Object.entries(ROLE_COLOUR).flat(), fallback] as unknown as string
const ofRoles = (...roles: Role[]) => ['in', ['get', 'role'], ['literal', roles]] as never
const focused = (on: number, off: number) => ['case', ['get', 'on'], on, off] as unknown as number

/** Dashed roles as lines, what is in focus for itself: an edge shared by two parcels is drawn once and stays dashed. */
function dashedFeatures(shapes: readonly Shape[], focus: string | null): GeoJSON.FeatureCollection {
  const groups = DASHED.flatMap((role) => [true, false].map((on) => ({ role, on, geometries: shapes.filter((shape) => shape.role === role && (shape.id === focus) === on).map((shape) => shape.geometry) })))
  const features = groups.filter(({ geometries }) => geometries.length > 0).map(({ role, on, geometries }): GeoJSON.Feature => ({ type: 'Feature', properties: { role, on }, geometry: linesOnce(geometries) }))
  return { type: 'FeatureCollection', features }
}

function lineOf(id: string, roles: Role[], dash: number[] | null, k: number): LayerSpecification {
  return {
    id: `review-${id}`,
    type: 'line',
    source: dash ? 'review-dashed' : 'review',
    filter: ofRoles(...roles),
    layout: { 'line-join': 'round' },
    paint: { 'line-color': byRole(INK), 'line-width': focused(3.4 * k, 2.2 * k), ...(dash ? { 'line-dasharray': dash } : {}) },
  }
}

/** Return the outlines of changes as an overlay of the map. */
export const changesOverlay = (shapes: readonly Shape[], focus: string | null, k: number): Overlay => ({
  id: 'review',
  geojson: asFeatures(shapes, focus),
  sources: { 'review-dashed': { type: 'geojson', data: dashedFeatures(shapes, focus) } },
  layers: [
    { id: 'review-fill', type: 'fill', source: 'review', filter: ofRoles('new', 'gone', 'attributes', 'after'),
      paint: { 'fill-color': byRole(ACCENT), 'fill-opacity': focused(0.26, 0.13) } },
    { id: 'review-halo', type: 'line', source: 'review', layout: { 'line-join': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': focused(7 * k, 5 * k), 'line-opacity': 0.85 } },
    lineOf('solid', ['after', 'new'], null, k),
    lineOf('dash', ['before', 'gone'], [2.4, 1.6], k),
    lineOf('dot', ['attributes'], [0.9, 1.1], k),
  ],
})

/** Return the registered outlines of parcels that a scheme changes, dashed over its own. */
export const registeredOverlay = (outlines: readonly GeoJSON.Geometry[], k: number): Overlay => ({
  id: 'registered',
  geojson: { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: linesOnce(outlines) }] },
  layers: [
    { id: 'registered-line', type: 'line', source: 'registered', layout: { 'line-join': 'round' },
      paint: { 'line-color': REGISTERED, 'line-width': 1.7 * k, 'line-dasharray': [4, 2] } },
  ],
})

/** Return the address of the pictures below the root of the API. */
export const tilesOf = (image: Imagery): string => image.tiles ?? `/imagery/${encodeURIComponent(image.id)}/{z}/{x}/{y}`

/** Return imagery under the parcels, and their outlines in white over it. */
export function imageryOverlays(image: Imagery, opacity: number, root: string, k: number): Overlay[] {
  const tiles = [`${root}${tilesOf(image)}`]
  const zooms = { minzoom: image.min_zoom ?? 0, maxzoom: image.max_zoom ?? 20 }
  const width = ['interpolate', ['linear'], ['zoom'], 13, 0.4 * k, 16, 1.1 * k, 18, 1.7 * k] as unknown as number
  return [
    { id: 'imagery', place: 'ground', sources: { imagery: { type: 'raster', tiles, tileSize: image.tile_px ?? 256, ...zooms } },
      layers: [{ id: 'imagery-raster', type: 'raster', source: 'imagery', paint: { 'raster-opacity': opacity, 'raster-fade-duration': 0 } }] },
    { id: 'fabric', place: 'over',
      layers: [{ id: 'fabric-line', type: 'line', source: 'tiles', 'source-layer': 'parcel', minzoom: 13,
        paint: { 'line-color': '#fffdf0', 'line-width': width, 'line-opacity': ['case', ['boolean', ['feature-state', 'selected'], false], 0, 0.9] } }] },
  ]
}
