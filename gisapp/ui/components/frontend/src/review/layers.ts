import type { MapTrouble } from '../map/view'
import { type DeskHost, OFFICIAL, type Overlay } from '../parts'
import { PARCELS } from '../panels/layers'
import { scaleFor } from '../screen'
import { t } from '../texts'
import { type Role, SEEN_THROUGH, type Shape, changesOverlay, imageryOverlays, registeredOverlay, tilesOf } from './shapes'
import type { DiffAnswer, Imagery } from './types'

const FULL = 1
const IMAGERY = 'imagery'
/** Why there is no picture, by the status of the answer. */
const REFUSED: Record<number, string> = {
  403: '影像服务的主机不在允许列表中，请联系系统管理员',
  422: '影像的登记或文件有误，无法显示，请联系数据管理员',
  502: '影像服务没有给出图片，请稍后重试或联系系统管理员',
}

/** What the review adds to the map: changed outlines, registered outlines of a scheme, imagery. */
export class Layers {
  image: Imagery | null = null
  opacity = FULL
  /** Whether the visitor was told already that the chosen imagery has no pictures. */
  private told = false
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
    this.told = false
    this.desk.redraw()
  }

  /** Say once for each choice why the imagery stays empty. */
  troubled({ source, status, url }: MapTrouble): void {
    const why = REFUSED[status]
    if (source !== IMAGERY || this.image === null || this.told || why === undefined) return
    // Pictures of the imagery chosen before may still come to nothing.
    const [own = ''] = tilesOf(this.image).split('{')
    if (!url.includes(own)) return
    this.told = true
    this.desk.toast(t(why), 'bad')
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
