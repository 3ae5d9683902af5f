import { type DeskHost, OFFICIAL, type Overlay } from '../parts'
import { PARCELS } from '../panels/layers'
import { scaleFor } from '../screen'
import { type Role, SEEN_THROUGH, type Shape, changesOverlay, imageryOverlays, registeredOverlay } from './shapes'
import type { DiffAnswer, Imagery } from './types'

const FULL = 1

/** What the review adds to the map: changed outlines, registered outlines of a scheme, imagery. */
export class Layers {
  image: Imagery | null = null
  opacity = FULL
  private shapes: readonly Shape[] = []
  private focus: string | null = null
  private registered: GeoJSON.Geometry[] = []
  private asked = ''
  private before = FULL
  private kept: { key: unknown[]; overlays: Overlay[] } = { key: [], overlays: [] }

  constructor(private readonly desk: DeskHost) {}

  get roles(): Role[] {
    return [...new Set(this.shapes.map((shape) => shape.role))]
  }

  /** How many registered outlines are drawn: none while changes are, which show the same lines. */
  get registeredCount(): number {
    return this.shapes.length > 0 ? 0 : this.registered.length
  }

  /** Opacity of the parcels, which imagery must be seen through. */
  get fill(): number {
    return this.desk.model.opacity[PARCELS] ?? FULL
  }

  /** Return the overlays; the same array while nothing that they draw has changed. */
  overlays(): Overlay[] {
    const k = scaleFor(window.innerWidth)
    const key = [this.shapes, this.focus, this.registered, this.image, this.opacity, k, this.desk.data.api]
    if (key.length === this.kept.key.length && key.every((item, i) => item === this.kept.key[i])) return this.kept.overlays
    const root = `${location.origin}${this.desk.data.api}`
    const overlays = [
      ...(this.image ? imageryOverlays(this.image, this.opacity, root, k) : []),
      ...(this.registeredCount > 0 ? [registeredOverlay(this.registered, k)] : []),
      ...(this.shapes.length > 0 ? [changesOverlay(this.shapes, this.focus, k)] : []),
    ]
    this.kept = { key, overlays }
    return overlays
  }

  draw(shapes: readonly Shape[], focus: string | null): void {
    if (shapes.length === 0 && this.shapes.length === 0) return
    this.shapes = shapes
    this.focus = focus
    this.desk.redraw()
  }

  choose(id: string | null): void {
    const next = this.desk.data.imagery?.find((item) => item.id === id) ?? null
    if (next !== null && this.image === null) {
      this.before = this.fill
      this.fadeParcels(Math.min(this.before, SEEN_THROUGH))
    } else if (next === null && this.image !== null) this.fadeParcels(this.before)
    this.image = next
    this.desk.redraw()
  }

  fade(opacity: number): void {
    this.opacity = opacity
    this.desk.redraw()
  }

  fadeParcels(value: number): void {
    this.desk.model.opacity = { ...this.desk.model.opacity, [PARCELS]: value }
    this.desk.model.keep()
  }

  /** Fetch the registered outlines of what a scheme changes; the official branch has none. `head` says how new they are. */
  async register(branch: string, head: number, past: boolean): Promise<void> {
    const key = branch === OFFICIAL || past ? '' : `${branch}/${head}`
    if (key === this.asked) return
    this.asked = key
    if (key === '') this.registered = []
    else {
      const answer = await this.desk.api.get<DiffAnswer>('/edit/diff', { branch, against: OFFICIAL }).catch(() => null)
      if (this.asked !== key) return
      if (answer === null) this.asked = ''
      this.registered = (answer?.changes ?? []).flatMap((change) => (change.before !== null && change.kind !== 'attributes' ? [change.before] : []))
    }
    this.desk.redraw()
  }
}
