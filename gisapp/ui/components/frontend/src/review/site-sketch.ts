import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl'
import { LitElement, type TemplateResult, css, html, svg } from 'lit'
import { define } from '../mount'

/** The red line while it is drawn: corners, the edges between them, and one that follows the pointer. */
export class SiteSketch extends LitElement {
  static override properties = { map: { attribute: false }, pen: { attribute: false } }
  static override styles = css`
    :host { display: block; position: absolute; inset: 0; overflow: hidden; pointer-events: none; }
    path { fill: rgba(200, 50, 30, 0.08); stroke: #c8321e; stroke-width: 2.2; stroke-linejoin: round; }
    path.next { fill: none; stroke-dasharray: 6 4; }
    circle { fill: #fff; stroke: #c8321e; stroke-width: 2; }
  `
  declare map: MapLibre
  declare pen: [number, number][]
  private at: [number, number] | null = null
  private watched: MapLibre | null = null
  private readonly moved = (): void => this.requestUpdate()
  private readonly pointed = (event: MapMouseEvent): void => {
    this.at = [event.lngLat.lng, event.lngLat.lat]
    this.requestUpdate()
  }

  protected override willUpdate(): void {
    if (this.watched !== null) return
    this.watched = this.map
    this.map.on('move', this.moved)
    this.map.on('mousemove', this.pointed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.watched?.off('move', this.moved)
    this.watched?.off('mousemove', this.pointed)
    this.watched = null
  }

  private xy(at: [number, number]): string {
    const { x, y } = this.map.project(at)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  }

  override render(): TemplateResult {
    const { pen, at } = this
    const ends = pen.length > 0 && at !== null ? [pen.at(-1)!, at, ...(pen.length > 1 ? [pen[0]!] : [])] : []
    return html`<svg width="100%" height="100%" aria-hidden="true">
      ${svg`<path d=${pen.length > 1 ? `M${pen.map((place) => this.xy(place)).join('L')}` : ''}/>
        <path class="next" d=${ends.length > 0 ? `M${ends.map((place) => this.xy(place)).join('L')}` : ''}/>
        ${pen.map((place) => { const { x, y } = this.map.project(place); return svg`<circle cx=${x.toFixed(1)} cy=${y.toFixed(1)} r="4"/>` })}`}</svg>`
  }
}

define('gis-site-sketch', SiteSketch)
