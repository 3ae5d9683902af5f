import type { Map as MapLibre, MapGeoJSONFeature, MapMouseEvent, PointLike } from 'maplibre-gl'

/** What the pointer is on: a parcel, or a named point with its own facts. */
export interface Pick {
  kind: 'parcel' | 'point' | 'none'
  fid: number | null
  layer: string | null
  properties: Record<string, unknown>
  lon: number
  lat: number
}

const PARCELS = ['parcel-fill', 'parcel-point', 'parcel-class']
const SLACK_PX = 5

const nothing = (event: MapMouseEvent): Pick => ({
  kind: 'none',
  fid: null,
  layer: null,
  properties: {},
  lon: event.lngLat.lng,
  lat: event.lngLat.lat,
})

const isPoint = (feature: MapGeoJSONFeature): boolean => /\/(station|point)$/.test(feature.layer.id)

function at(map: MapLibre, event: MapMouseEvent): Pick {
  const { x, y } = event.point
  const box: [PointLike, PointLike] = [[x - SLACK_PX, y - SLACK_PX], [x + SLACK_PX, y + SLACK_PX]]
  const layers = map.getStyle().layers.map((layer) => layer.id)
  const points = layers.filter((id) => /\/(station|point)$/.test(id) || id === 'parcel-point')
  const near = map.queryRenderedFeatures(box, { layers: points })
  const named = near.find(isPoint)
  if (named && named.geometry.type === 'Point') {
    const [lon = 0, lat = 0] = named.geometry.coordinates
    return { kind: 'point', fid: null, layer: named.sourceLayer ?? null, properties: named.properties, lon, lat }
  }
  const parcel = near[0] ?? map.queryRenderedFeatures(event.point, { layers: PARCELS.filter((id) => layers.includes(id)) })[0]
  if (!parcel) return nothing(event)
  return { ...nothing(event), ...parcelPick(parcel) }
}

/** Return the pick of a parcel feature; the classes seen from afar are no single parcel, so they have no id. */
function parcelPick(feature: MapGeoJSONFeature): Partial<Pick> {
  const layer = feature.sourceLayer ?? null
  const fid = layer === 'parcel_class' || typeof feature.id !== 'number' ? null : feature.id
  const at = feature.geometry.type === 'Point' ? feature.geometry.coordinates : null
  return { kind: 'parcel', fid, layer, properties: feature.properties, ...(at ? { lon: at[0] ?? 0, lat: at[1] ?? 0 } : {}) }
}

/** Return the parcel drawn at a place, once parcels are drawn one by one. */
export function parcelAt(map: MapLibre, lon: number, lat: number): Pick | null {
  const [feature] = map.queryRenderedFeatures(map.project([lon, lat]), { layers: ['parcel-fill'] })
  return feature ? { kind: 'none', fid: null, layer: null, properties: {}, lon, lat, ...parcelPick(feature) } : null
}

/** Report clicks, what the pointer rests on, and where it is, at most once a frame. */
export function listen(
  map: MapLibre,
  report: { click(pick: Pick, event: MouseEvent): void; hover(pick: Pick): void; cursor(lon: number | null, lat: number | null): void },
): void {
  let frame = 0
  map.on('click', (event) => report.click(at(map, event), event.originalEvent))
  map.on('mousemove', (event) => {
    if (frame) return
    frame = requestAnimationFrame(() => {
      frame = 0
      const { cursor } = map.getContainer().dataset
      // A part that draws on the map says itself what the pointer is, and nothing else is looked for under it.
      if (cursor !== undefined) {
        map.getCanvas().style.cursor = cursor
        return report.cursor(event.lngLat.lng, event.lngLat.lat)
      }
      if (!map.isStyleLoaded() && map.getLayer('parcel-fill') === undefined) return
      const pick = at(map, event)
      map.getCanvas().style.cursor = pick.kind === 'none' ? '' : 'pointer'
      report.hover(pick)
      report.cursor(event.lngLat.lng, event.lngLat.lat)
    })
  })
  map.on('mouseout', () => report.cursor(null, null))
}
