import { LitElement, type PropertyValues, css, html, unsafeCSS } from 'lit'
import { type GeoJSONSource, Map as MapLibre, type PaddingOptions, setWorkerUrl } from 'maplibre-gl'
import mapCss from 'maplibre-gl/dist/maplibre-gl.css?inline'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import type { Api } from '../api'
import { define } from '../mount'
import type { Overlay } from '../parts'
import { t } from '../texts'
import type { ThemeAnswer } from '../types'
import { disc } from './disc'
import { drawImages } from './images'
import { flag, judge } from './judge'
import { gatherNames } from './names'
import { type Pick, listen } from './pointer'
import { type MapState, isShown, styleOf } from './style'
import { type Sought, codesInView, sight } from './survey'

setWorkerUrl(workerUrl)

type TileId = { x: number; y: number; z: number }
type Shape = GeoJSON.FeatureCollection
/** How close a selected parcel is brought: its neighbours stay in sight. */
const NEAR = 15.3
const SURVEY_PAUSE_MS = 250
const RETRY_MS = 1500
const NOTHING: Shape = { type: 'FeatureCollection', features: [] }

export interface Camera {
  lon: number
  lat: number
  zoom: number
}

export interface Disc {
  lon: number
  lat: number
  radius: number
}

/** What the map asked for in vain: source and address, and the status of the answer (0: none came). */
export interface MapTrouble {
  source: string | null
  status: number
  url: string
}

const shapeOf = (geometry: GeoJSON.Geometry | null): Shape =>
  geometry === null ? NOTHING : { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry }] }

/** The map itself: draws a `MapState`, reports what is pointed at, and moves where it is told. */
export class MapView extends LitElement {
  static override properties = {
    state: { attribute: false },
    answer: { attribute: false },
    outline: { attribute: false },
    selectedFid: { attribute: false },
    hoverFid: { attribute: false },
    disc: { attribute: false },
    padding: { attribute: false },
    overlays: { attribute: false },
  }
  static override styles = [
    unsafeCSS(mapCss),
    css`
      :host { display: block; position: absolute; inset: 0; background: #edf0ea; }
      .map { position: absolute; inset: 0; }
      canvas:focus-visible { outline: 2px solid #1f5f86; outline-offset: -2px; }
    `,
  ]
  declare state: MapState
  declare answer: ThemeAnswer | null
  declare outline: GeoJSON.Geometry | null
  declare selectedFid: number | null
  declare hoverFid: number | null
  declare disc: Disc | null
  declare padding: PaddingOptions
  declare overlays: Overlay[]
  api!: Api
  start!: Camera
  /** The map itself, for parts that draw and drag on it. */
  map: MapLibre | null = null
  private ready = false
  private sought: Sought | null = null
  private surveying = 0
  private names: Shape = NOTHING
  private drawn: { answer: ThemeAnswer | null; selected: number | null; hover: number | null; version: string } = {
    answer: null, selected: null, hover: null, version: '',
  }

  override render() {
    return html`<div class="map"></div>`
  }

  protected override firstUpdated(): void {
    const container = this.renderRoot.querySelector<HTMLElement>('.map')
    if (container === null) return
    try {
      this.map = this.make(container)
    } catch {
      this.report('map-failed', null)
    }
  }

  private make(container: HTMLElement): MapLibre {
    const map = new MapLibre({
      container,
      style: this.currentStyle(),
      center: [this.start.lon, this.start.lat],
      zoom: this.start.zoom,
      minZoom: 7,
      maxZoom: 20,
      attributionControl: false,
      dragRotate: false,
      touchPitch: false,
      pitchWithRotate: false,
      fadeDuration: 120,
      validateStyle: import.meta.env.DEV,
      transformRequest: (url) => ({ url, headers: this.api.headersFor(url) ?? {} }),
    })
    map.touchZoomRotate.disableRotation()
    map.keyboard.disableRotation()
    map.getCanvas().setAttribute('aria-label', t('地图'))
    drawImages(map, () => this.state.k)
    listen(map, {
      click: (pick: Pick, event: MouseEvent) => this.report('map-click', { ...pick, event }),
      hover: (pick: Pick) => this.report('map-hover', pick),
      cursor: (lon, lat) => this.report('map-cursor', lon === null ? null : { lon, lat }),
    })
    map.on('load', () => {
      this.ready = true
      this.drawn.version = this.state.data.version
      map.setStyle(this.currentStyle(), { diff: true })
      map.setPadding(this.padding)
      this.sync()
      this.report('map-ready', null)
    })
    map.on('move', () => this.reportCamera())
    map.on('idle', () => this.surveySoon())
    map.on('moveend', () => {
      this.reportCamera()
      this.surveySoon()
    })
    map.on('sourcedata', (event) => { if (event.sourceId === 'tiles') this.surveySoon() })
    map.on('error', (event) => {
      const { tile, sourceId } = event as { tile?: { tileID: { canonical: TileId } }; sourceId?: string }
      this.failed(event.error as Error & { status?: number; url?: string }, tile?.tileID.canonical, sourceId ?? null)
    })
    return map
  }

  private refused: TileId[] = []
  private retry = 0
  private patience = RETRY_MS

  /** Tiles refused for an expired token are asked for again once Python has sent a fresh one, or had time to. */
  private failed(error: Error & { status?: number; url?: string }, tile: TileId | undefined, source: string | null): void {
    if (error.status !== 401) return this.report('map-error', { source, status: error.status ?? 0, url: error.url ?? '' } satisfies MapTrouble)
    if (tile) this.refused.push(tile)
    if (this.retry) return
    this.api.expire(this.state.data.token)
    this.retry = window.setTimeout(() => this.askAgain(), this.patience)
    this.patience = Math.min(2 * this.patience, 60_000)
  }

  private askAgain(): void {
    window.clearTimeout(this.retry)
    this.retry = 0
    this.map?.refreshTiles('tiles', this.refused.splice(0))
  }

  protected override updated(changed: PropertyValues): void {
    const before = changed.get('state') as MapState | undefined
    if (this.retry && before && before.data.token !== this.state.data.token) this.askAgain()
    if (this.map === null || !this.ready) return
    if (changed.has('state') || changed.has('outline') || changed.has('disc') || changed.has('overlays')) this.map.setStyle(this.currentStyle(), { diff: true })
    if (changed.has('padding')) this.map.setPadding(this.padding)
    this.sync()
  }

  private currentStyle() {
    const style = styleOf(this.state, location.origin, this.overlays)
    const circle = this.disc === null ? null : disc(this.disc.lon, this.disc.lat, this.disc.radius)
    const data: Record<string, Shape> = { selection: shapeOf(this.outline), disc: shapeOf(circle), names: this.names }
    for (const [id, shape] of Object.entries(data)) style.sources[id] = { type: 'geojson', data: shape }
    return style
  }

  /** Bring the feature state in line with verdicts, selection and hover. */
  private sync(): void {
    const map = this.map
    if (map === null || !map.getSource('tiles')) return
    const { version } = this.state.data
    if (this.drawn.answer !== this.answer || this.drawn.version !== version) judge(map, this.answer)
    if (this.drawn.hover !== this.hoverFid) flag(map, 'hover', this.drawn.hover, this.hoverFid)
    if (this.drawn.selected !== this.selectedFid) flag(map, 'selected', this.drawn.selected, this.selectedFid)
    this.drawn = { answer: this.answer, selected: this.selectedFid, hover: this.hoverFid, version }
  }

  /** Look at what is in view shortly after it moved or more of it came, a few times a second at most. */
  private surveySoon(): void {
    if (this.surveying) return
    this.surveying = window.setTimeout(() => {
      this.surveying = 0
      this.survey()
    }, SURVEY_PAUSE_MS)
  }

  /** Name areas and stations in view, say which land uses are, and report what was sought. */
  private survey(): void {
    const { map, sought } = this
    if (map === null || !this.ready || map.isMoving()) return
    const layers = this.state.data.layers ?? []
    const names = gatherNames(map, layers.filter((layer) => isShown(this.state, layer)))
    if (JSON.stringify(names) !== JSON.stringify(this.names)) {
      this.names = names
      ;(map.getSource('names') as GeoJSONSource | undefined)?.setData(names)
    }
    const found = sought === null ? null : sight(map, layers, sought)
    if (found !== null) this.sought = null
    this.report('map-surveyed', { codes: codesInView(map, this.state.theme), found, loaded: map.areTilesLoaded() })
  }

  /** Report a station or parcel once it is on screen. */
  seek(sought: Sought | null): void {
    this.sought = sought
    this.surveySoon()
  }

  private reportCamera(): void {
    const map = this.map
    if (map === null) return
    const { lng, lat } = map.getCenter()
    this.report('map-camera', { lon: lng, lat, zoom: map.getZoom() })
  }

  private report(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  /** Move to a box or a point; what is smaller than a street block is not blown up. */
  go(target: { bbox?: [number, number, number, number] | null; lon: number; lat: number; zoom?: number }): void {
    const map = this.map
    if (map === null) return
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (target.bbox && !target.zoom) {
      const camera = map.cameraForBounds(target.bbox, { maxZoom: NEAR, padding: Math.min(120, this.clientHeight / 5) })
      map.flyTo({ center: [target.lon, target.lat], zoom: Math.min(camera?.zoom ?? NEAR, NEAR), duration: still ? 0 : 900 })
    } else {
      map.flyTo({ center: [target.lon, target.lat], zoom: target.zoom ?? Math.max(map.getZoom(), 15), duration: still ? 0 : 900 })
    }
  }

  zoomBy(step: number): void {
    this.map?.easeTo({ zoom: (this.map.getZoom() ?? 0) + step, duration: 200 })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.clearTimeout(this.surveying)
    window.clearTimeout(this.retry)
    this.map?.remove()
    this.map = null
    this.ready = false
  }
}

define('gis-map', MapView)
