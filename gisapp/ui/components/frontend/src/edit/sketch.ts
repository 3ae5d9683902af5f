import type { Map as MapLibre } from 'maplibre-gl'
import { LitElement, type SVGTemplateResult, type TemplateResult, css, html, nothing, svg } from 'lit'
import { number } from '../format'
import { inside } from '../map/names'
import { edgesOnce, linesOnce } from '../outlines'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import type { Editor } from './editor'
import { type LocalFabric, keyOf, same } from './fabric'
import type { Gestures } from './gestures'
import { sketchStyles } from './sketch-styles'
import { type Pixel, handlesOf } from './snap'
import type { ConflictLine, Corner, FindingLine, Polygons, PreviewParcel } from './types'

const LABEL_PX = 56

/** What editing draws over the map: outlines old and new, handles, the pen, what is wrong and where. */
export class Sketch extends LitElement {
  static override properties = { editor: { attribute: false }, gestures: { attribute: false }, map: { attribute: false }, lang: { type: String } }
  static override styles = [base, sketchStyles, css`:host { display: block; position: absolute; inset: 0; overflow: hidden; pointer-events: none; }`]
  declare editor: Editor
  declare gestures: Gestures
  declare map: MapLibre
  private readonly moved = (): void => this.requestUpdate()
  private watched: MapLibre | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    this.editor?.addEventListener('change', this.moved)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.editor.removeEventListener('change', this.moved)
    this.watched?.off('move', this.moved)
    this.watched?.off('moveend', this.moved)
    this.watched = null
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('editor')) this.editor.addEventListener('change', this.moved)
    if (this.map === this.watched) return
    this.watched?.off('move', this.moved)
    this.watched?.off('moveend', this.moved)
    this.map.on('move', this.moved)
    this.map.on('moveend', this.moved)
    this.watched = this.map
  }

  private readonly project = (lon: number, lat: number): Pixel => this.map.project([lon, lat])

  /** Outlines of the past, an edge that two parcels share drawn once so that it stays dashed. */
  private dashes(outlines: Polygons[]): string {
    return edgesOnce(outlines.flat(2), keyOf).map((line) => `M${line.map(([, , lon, lat]) => this.xy(lon, lat)).join('L')}`).join('')
  }

  private path(polygons: Polygons): string {
    return polygons.flat().map((ring) => `M${ring.map(([, , lon, lat]) => this.xy(lon, lat)).join('L')}Z`).join('')
  }

  private xy(lon: number, lat: number): string {
    const { x, y } = this.project(lon, lat)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  }

  override render(): TemplateResult {
    const { session } = this.editor
    this.toggleAttribute('moving', this.map.isMoving())
    if (!session) return html``
    if (session.conflict)
      return html`<svg width="100%" height="100%" aria-hidden="true">${this.was(session.conflict.lines)}${session.conflict.lines.map((line) => this.conflict(line, session.conflict!.choices.get(line.parcel_id)))}</svg>`
    const fabric = this.shown()
    return html`<svg width="100%" height="100%" aria-hidden="true">
        ${this.outlines(fabric)}${this.picked(fabric)}${this.grips(fabric)}${this.pen()}${this.findings()}
      </svg>${this.notes(fabric)}`
  }

  /** The parcels as they would be: under the pointer, or as the numbers in hand have them. */
  private shown(): LocalFabric {
    const { session } = this.editor
    const local = this.gestures.fabric!
    if (this.gestures.local !== null || !session!.tentative || !session!.preview) return local
    return session!.origin.after(session!.preview.parcels)
  }

  private get touched(): PreviewParcel[] {
    return this.editor.session?.preview?.parcels ?? []
  }

  private outlines(fabric: LocalFabric): SVGTemplateResult {
    const { session } = this.editor
    const moving = this.gestures.local === null ? [] : [...fabric.parcels.keys()].filter((id) => fabric.get(id) !== session!.origin.get(id))
    const ids = new Set([...this.touched.filter((parcel) => parcel.polygons || parcel.status === 'gone').map((parcel) => parcel.parcel_id), ...moving])
    const errors = session!.preview?.findings.filter((finding) => finding.severity === 'error') ?? []
    const wrong = new Set(errors.flatMap((finding) => finding.parcel_ids))
    const now = [...ids].map((id) => fabric.get(id)).filter((parcel) => parcel !== undefined)
    const old = [...ids].map((id) => session!.origin.get(id)).filter((parcel) => parcel !== undefined)
    return svg`
      ${now.map((parcel) => svg`<path class="now ${wrong.has(parcel.parcel_id) ? 'wrong' : ''}" d=${this.path(parcel.polygons)}/>`)}
      <path class="ghost" d=${this.dashes(old.map((parcel) => parcel.polygons))}/>`
  }

  private picked(fabric: LocalFabric): SVGTemplateResult {
    return svg`${this.editor.tools.picked.map((id, i) => {
      const parcel = fabric.get(id)
      return parcel ? svg`<path class="picked ${i === 0 ? 'first' : ''}" data-parcel=${id} d=${this.path(parcel.polygons)}/>` : null
    })}`
  }

  private grips(fabric: LocalFabric): SVGTemplateResult | typeof nothing {
    const { tools } = this.editor
    if (tools.tool === 'split_area') return this.edge()
    if (tools.tool !== 'move' && tools.tool !== 'points') return nothing
    const { main, more, middles } = handlesOf(fabric, tools.picked, this.project)
    const dragging = this.gestures.drag !== null
    const target = this.gestures.drag?.target
    return svg`
      ${dragging ? null : more.map((corner) => this.dot(corner, 'more', 3.2))}
      ${dragging ? null : middles.map(({ at }) => this.dot(at, 'middle', 3.4))}
      ${main.map((corner) => this.dot(corner, tools.chosen && same(tools.chosen, corner) ? 'main chosen' : 'main', 5))}
      ${target && target.on !== 'free' ? this.dot(target.corner, `snap ${target.on}`, 9) : null}`
  }

  private dot(corner: Corner, kind: string, r: number): SVGTemplateResult {
    const { x, y } = this.project(corner[2], corner[3])
    const hovered = this.gestures.hovered && same(this.gestures.hovered, corner) ? ' hovered' : ''
    return svg`<circle class="${kind}${hovered}" data-at=${keyOf(corner)} cx=${x.toFixed(1)} cy=${y.toFixed(1)} r=${r}/>`
  }

  private edge(): SVGTemplateResult | typeof nothing {
    const { edge } = this.editor.tools
    if (!edge) return nothing
    return svg`<path class="edge" d="M${this.xy(edge.a[2], edge.a[3])}L${this.xy(edge.b[2], edge.b[3])}"/>`
  }

  private pen(): SVGTemplateResult | typeof nothing {
    const { tools } = this.editor
    if (!tools.spec) return nothing
    const cursor = tools.cursor && !tools.done ? [tools.cursor] : []
    const all = [...tools.pen, ...cursor].map(({ corner }) => corner)
    const d = all.length > 1 ? `M${all.map(([, , lon, lat]) => this.xy(lon, lat)).join('L')}${tools.spec.closed && all.length > 2 ? 'Z' : ''}` : ''
    const width = tools.tool === 'corridor' ? this.pixels(Number(tools.forms.width)) : 0
    return svg`
      ${width > 0 ? svg`<path class="band" d=${d} stroke-width=${width}/>` : null}
      <path class="pen ${tools.tool}" d=${d}/>
      ${tools.pen.map(({ corner }) => this.dot(corner, 'pen', 3.6))}
      ${tools.cursor && tools.cursor.on !== 'free' ? this.dot(tools.cursor.corner, `snap ${tools.cursor.on}`, 9) : null}`
  }

  /** Return metres as pixels of the screen, near the middle of the map. */
  private pixels(metres: number): number {
    const { lat } = this.map.getCenter()
    return metres / ((40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.map.getZoom()))
  }

  private get placed(): FindingLine[] {
    return (this.editor.session?.preview?.findings ?? []).filter((finding) => finding.lon !== null && finding.lat !== null && finding.severity !== 'note')
  }

  private findings(): SVGTemplateResult {
    return svg`${this.placed.map((finding) => {
      const { x, y } = this.project(finding.lon!, finding.lat!)
      return svg`<g class="finding" data-severity=${finding.severity} transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">
        <circle r="11"/><circle class="core" r="2.4"/></g>`
    })}`
  }

  /** Words on the map: what is wrong, new areas, lengths of the pen. */
  private notes(fabric: LocalFabric): TemplateResult {
    const at = (lon: number, lat: number): string => {
      const { x, y } = this.project(lon, lat)
      return `left:${x.toFixed(0)}px;top:${y.toFixed(0)}px`
    }
    const errors = this.placed.filter((finding) => finding.severity === 'error').slice(0, 3)
    const { tools } = this.editor
    const last = (tools.done ? null : tools.cursor) ?? tools.pen.at(-1)
    const { length, area } = tools.measured
    const measured = tools.spec && last && tools.pen.length > 0 && length > 0
    return html`
      ${this.touched.filter((parcel) => parcel.after && parcel.status !== 'gone').map((parcel) => {
        const ring = fabric.get(parcel.parcel_id)?.polygons[0]?.[0]
        if (!ring || ring.length < 3 || !this.hasRoom(ring)) return nothing
        const [lon, lat] = inside([...ring, ring[0]!].map(([, , x, y]) => [x, y]))
        return html`<div class="area num" style=${at(lon, lat)}>${number(parcel.after!.mu, 2)} ${t('亩')}</div>`
      })}
      ${errors.map((finding) => html`<div class="wrong" role="alert" style=${at(finding.lon!, finding.lat!)}>${finding.message}</div>`)}
      ${measured ? html`<div class="length num" style=${at(last.corner[2], last.corner[3])}>${number(length, 2)} m${area !== null ? html`<br />${number(area, 1)} ㎡ · ${number((area * 3) / 2000, 2)} ${t('亩')}` : nothing}</div>` : nothing}`
  }

  /** Whether a parcel is large enough on screen for its area to be written into it. */
  private hasRoom(ring: Corner[]): boolean {
    const pixels = ring.map(([, , lon, lat]) => this.project(lon, lat))
    const span = (values: number[]) => Math.max(...values) - Math.min(...values)
    return span(pixels.map(({ x }) => x)) > LABEL_PX && span(pixels.map(({ y }) => y)) > LABEL_PX / 2
  }

  private conflict(line: ConflictLine, choice: string | undefined): SVGTemplateResult {
    const one = (geometry: GeoJSON.Geometry | null, kind: string) => (geometry ? svg`<path class="conflict ${kind}" d=${this.geo(geometry)}/>` : null)
    const mine = this.editor.session?.conflict?.mine.get(line.parcel_id)
    const faded = (kind: string) => (choice !== undefined && choice !== kind ? ' faded' : '')
    return svg`${one(line.theirs, `theirs${faded('theirs')}`)}${mine ? svg`<path class="conflict mine${faded('mine')}" d=${this.path(mine)}/>` : one(line.mine, `mine${faded('mine')}`)}`
  }

  /** What it was before either of us, each edge once. */
  private was(lines: ConflictLine[]): SVGTemplateResult {
    const { coordinates } = linesOnce(lines.flatMap(({ base: was }) => (was === null ? [] : [was])))
    const d = coordinates.map((line) => `M${line.map(([lon = 0, lat = 0]) => this.xy(lon, lat)).join('L')}`).join('')
    return svg`<path class="conflict base" d=${d}/>`
  }

  private geo(geometry: GeoJSON.Geometry): string {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
    return polygons.flat().map((ring) => `M${ring.map(([lon = 0, lat = 0]) => this.xy(lon, lat)).join('L')}Z`).join('')
  }
}

define('gis-sketch', Sketch)
