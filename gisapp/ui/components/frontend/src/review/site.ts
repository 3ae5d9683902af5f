import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl'
import { type TemplateResult, html, nothing } from 'lit'
import type { DeskHost, Overlay } from '../parts'
import { scaleFor } from '../screen'
import { t } from '../texts'
import './site-panel'
import './site-sketch'
import type { SiteSubject } from './types'

type Place = [number, number]
const LEAST = 3
const RED = '#c8321e'

/** The site check on the desk (红线套合): a pen for the red line, and what is laid over the layers. */
export class Site {
  subject: SiteSubject | null = null
  pen: Place[] = []
  drawing = false
  private map: MapLibre | null = null
  private kept: { key: unknown[]; overlays: Overlay[] } = { key: [], overlays: [] }

  constructor(private readonly desk: DeskHost) {}

  /** Begin a new red line; what was checked before goes when the new one is finished. */
  draw(): void {
    const map = this.desk.map?.map ?? null
    if (map === null || this.drawing) return
    this.map = map
    this.pen = []
    this.drawing = true
    map.doubleClickZoom.disable()
    map.getContainer().dataset['cursor'] = 'crosshair'
    map.on('dblclick', this.doubled)
    this.desk.redraw()
  }

  /** Put the pen away without a red line. */
  cancel(): void {
    if (!this.drawing) return
    this.drawing = false
    this.pen = []
    this.map?.off('dblclick', this.doubled)
    this.map?.doubleClickZoom.enable()
    if (this.map) delete this.map.getContainer().dataset['cursor']
    this.map = null
    this.desk.redraw()
  }

  /** Check what is drawn, or say what is lacking. */
  finish(): void {
    if (!this.drawing) return
    if (this.pen.length < LEAST) return this.desk.toast(t('红线至少要三个点'), 'bad')
    this.subject = { kind: 'drawn', ring: this.pen }
    this.cancel()
  }

  drop(): void {
    this.pen = this.pen.slice(0, -1)
    this.desk.redraw()
  }

  /** Check the parcel on the card. */
  take(): void {
    const { card } = this.desk.model
    if (card.state !== 'ready') return
    const { parcel_id: parcelId, parcel_code: code, name, geometry } = card.value
    this.cancel()
    this.subject = { kind: 'parcel', parcelId, title: name || code || parcelId, geometry }
    this.desk.redraw()
  }

  private readonly doubled = (event: MapMouseEvent): void => {
    event.preventDefault()
    this.finish()
  }

  /** A click on the map while the pen is out puts a corner there. */
  click(event: MouseEvent | null): boolean {
    if (!this.drawing || this.map === null || event === null) return false
    // The second press of a double click draws nothing more.
    if (event.detail > 1) return true
    const box = this.map.getCanvas().getBoundingClientRect()
    const { lng, lat } = this.map.unproject([event.clientX - box.left, event.clientY - box.top])
    this.pen = [...this.pen, [lng, lat]]
    this.desk.redraw()
    return true
  }

  key(event: KeyboardEvent): boolean {
    if (!this.drawing) return false
    if (event.key === 'Enter') this.finish()
    else if (event.key === 'Backspace' || event.key === 'Delete') this.drop()
    else if (event.key === 'Escape') this.cancel()
    else return false
    return true
  }

  sketch(): TemplateResult | typeof nothing {
    if (!this.drawing || this.map === null) return nothing
    return html`<gis-site-sketch .map=${this.map} .pen=${this.pen}></gis-site-sketch>`
  }

  /** The red line that is checked; the same array while it is the same. */
  overlays(open: boolean): Overlay[] {
    const k = scaleFor(window.innerWidth)
    const subject = open && !this.drawing ? this.subject : null
    const key = [subject, k]
    if (key.every((item, i) => item === this.kept.key[i]) && this.kept.key.length > 0) return this.kept.overlays
    this.kept = { key, overlays: subject === null ? [] : [redLine(subject, k)] }
    return this.kept.overlays
  }

  body(): TemplateResult {
    const { data, api, model } = this.desk
    const card = model.card.state === 'ready' ? model.card.value : null
    return html`<gis-site .lang=${data.lang} .api=${api} .version=${model.version} .subject=${this.subject} .corners=${this.drawing ? this.pen.length : null}
      .selected=${card === null ? null : card.name || card.parcel_code || card.parcel_id} .selectedId=${model.selectedId}
      @site-draw=${() => this.draw()} @site-parcel=${() => this.take()} @site-finish=${() => this.finish()} @site-drop=${() => this.drop()} @site-cancel=${() => this.cancel()}
      @site-select=${(event: CustomEvent<string>) => void model.select(event.detail, null, false)}></gis-site>`
  }
}

/** Return the geometry of a subject, its ring closed [degrees]. */
export const geometryOf = (subject: SiteSubject): GeoJSON.Geometry =>
  subject.kind === 'parcel' ? subject.geometry : { type: 'Polygon', coordinates: [[...subject.ring, subject.ring[0]!]] }

const redLine = (subject: SiteSubject, k: number): Overlay => ({
  id: 'site',
  geojson: { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: geometryOf(subject) }] },
  layers: [
    { id: 'site-fill', type: 'fill', source: 'site', paint: { 'fill-color': RED, 'fill-opacity': 0.07 } },
    { id: 'site-halo', type: 'line', source: 'site', layout: { 'line-join': 'round' }, paint: { 'line-color': '#ffffff', 'line-width': 5.4 * k, 'line-opacity': 0.9 } },
    { id: 'site-line', type: 'line', source: 'site', layout: { 'line-join': 'round' }, paint: { 'line-color': RED, 'line-width': 2.4 * k } },
  ],
})
