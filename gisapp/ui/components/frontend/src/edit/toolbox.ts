import type { Editor } from './editor'
import { type Edge, plain, planeArea, planeLength, same, xy } from './fabric'
import { type PointList, readPoints } from './points'
import type { Target } from './snap'
import type { Corner, Intent, XY } from './types'

export type ToolId = 'move' | 'split' | 'split_area' | 'merge' | 'cut' | 'corridor' | 'draw' | 'retire' | 'values' | 'points' | 'measure'

/** Tools that draw: how many corners they need, and whether the last one joins the first. */
const PENS: Partial<Record<ToolId, { least: number; closed: boolean }>> = {
  split: { least: 2, closed: false },
  cut: { least: 2, closed: false },
  corridor: { least: 2, closed: false },
  draw: { least: 3, closed: true },
  measure: { least: 2, closed: false },
}
/** A line that ends on an edge is drawn this much further, so that it surely crosses it [m]. */
const BEYOND_M = 0.02

export interface Forms {
  width: string
  area: string
  unit: 'mu' | 'm2'
  extend: boolean
  /** Parcels that do not touch are meant to be one. */
  apart: boolean
  list: string
  name: string
  use: string
}

const EMPTY: Forms = { width: '24', area: '', unit: 'mu', extend: false, apart: false, list: '', name: '', use: '' }

/**
 * The tool in hand, what it has drawn so far, and what stands in its fields.
 *
 * Drawing is our own and not terra-draw's: its features hold only degrees with nine decimals, while a snapped corner
 * must keep its exact native coordinates, and the layers that it adds to the map would go with every new map style.
 */
export class Toolbox {
  tool: ToolId = 'move'
  /** Parcels that a tool works on; the first is the one in focus. */
  picked: string[] = []
  pen: Target[] = []
  cursor: Target | null = null
  /** A measure that is finished and stays until the next. */
  done = false
  /** The corner that was last grabbed: Delete and typed coordinates are meant for it. */
  chosen: Corner | null = null
  edge: Edge | null = null
  forms: Forms = { ...EMPTY }
  list: PointList | null = null

  constructor(private readonly editor: Editor) {}

  begin(id: string): void {
    this.picked = [id]
    this.forms = { ...EMPTY, width: this.forms.width, unit: this.forms.unit }
    this.tool = 'move'
    this.reset()
  }

  end(): void {
    this.picked = []
    this.tool = 'move'
    this.reset()
  }

  /** Forget what is half drawn or typed. */
  reset(): void {
    this.pen = []
    this.cursor = null
    this.done = false
    this.chosen = null
    this.list = null
    this.forms = { ...this.forms, area: '', list: '', apart: false }
    this.edge = this.tool === 'split_area' ? this.longest() : null
    this.keepFocus()
    this.editor.session?.attempt(null)
  }

  choose(tool: ToolId): void {
    this.tool = tool
    this.reset()
    if (tool === 'merge') this.tryForms()
    if (tool === 'draw' || tool === 'cut' || tool === 'corridor' || tool === 'measure') void this.reachView()
    this.editor.changed()
  }

  get spec(): { least: number; closed: boolean } | undefined {
    return PENS[this.tool]
  }

  get focus(): string {
    return this.picked[0] ?? this.editor.session?.focus ?? ''
  }

  /** A parcel that was split or merged away hands the focus to what came out of it. */
  keepFocus(): void {
    const { session } = this.editor
    if (!session) return
    const there = this.picked.filter((id) => session.fabric.get(id))
    if (there.length === 0) {
      const parents = [...this.picked, session.focus]
      const fresh = (session.preview?.parcels ?? []).filter((parcel) => parcel.status === 'new').map((parcel) => parcel.parcel_id)
      const own = fresh.find((id) => parents.some((parent) => id.includes(`${parent}-`)))
      const next = own ?? (session.fabric.get(session.focus) ? session.focus : fresh[0])
      this.picked = next !== undefined && session.fabric.get(next) ? [next] : []
    } else if (there.length !== this.picked.length) this.picked = there
  }

  /** Corners of the view are wanted for snapping before anything is drawn there. */
  private async reachView(): Promise<void> {
    const map = this.editor.desk.map?.map
    if (!map || map.getZoom() < 14.5) return
    const [[w, s], [e, n]] = map.getBounds().toArray()
    await this.editor.session?.reach({ bbox: [w, s, e, n].map((value) => value.toFixed(6)).join() }).catch(() => null)
  }

  pick(id: string, more: boolean): void {
    const has = this.picked.includes(id)
    if (!more) this.picked = [id]
    else if (!has) this.picked = [...this.picked, id]
    else if (this.picked.length > 1) this.picked = this.picked.filter((other) => other !== id)
    this.chosen = null
    if (this.tool === 'split_area') this.edge = this.longest()
    this.editor.tellPicked(this.picked)
    if (this.tool === 'merge') this.tryForms()
    this.editor.changed()
  }

  private longest(): Edge | null {
    const edges = this.editor.session?.fabric.edges(this.focus) ?? []
    return edges.reduce<Edge | null>((best, edge) => (best === null || planeLength([edge.a, edge.b]) > planeLength([best.a, best.b]) ? edge : best), null)
  }

  takeEdge(edge: Edge): void {
    this.edge = edge
    this.tryForms()
    this.editor.changed()
  }

  set<K extends keyof Forms>(name: K, value: Forms[K]): void {
    this.forms = { ...this.forms, [name]: value }
    if (name === 'list') this.list = String(value).trim() === '' ? null : readPoints(String(value), this.bounds)
    this.tryForms()
    this.editor.changed()
  }

  private get bounds() {
    const corners = [...(this.editor.session?.origin.corners.values() ?? [])].map(({ corner }) => corner)
    const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
    return { west: Math.min(...xs), east: Math.max(...xs), south: Math.min(...ys), north: Math.max(...ys) }
  }

  private tryForms(): void {
    const gesture = performance.now()
    this.editor.session?.attempt(this.intent(), gesture)
  }

  /** Put a corner where the pen is. */
  draw(target: Target): void {
    if (this.done) this.pen = []
    this.done = false
    const last = this.pen.at(-1)
    if (last && same(last.corner, target.corner)) return
    const first = this.pen[0]
    if (this.tool === 'measure' && first && this.pen.length > 2 && same(first.corner, target.corner)) return this.finish()
    this.pen = [...this.pen, target]
    this.tryForms()
    this.editor.changed()
  }

  drop(): void {
    this.pen = this.pen.slice(0, -1)
    this.done = false
    this.tryForms()
    this.editor.changed()
  }

  /** Take what is drawn or typed as a step. */
  finish(): void {
    const { session } = this.editor
    if (!session) return
    if (this.tool === 'measure') {
      this.done = this.pen.length > 1
      return this.editor.changed()
    }
    const intent = this.intent()
    if (intent === null) return
    if (this.tool === 'merge') return void this.join(intent)
    this.take(intent)
  }

  private take(intent: Intent): void {
    this.editor.session?.push(intent)
    this.tool = 'move'
    this.reset()
  }

  private joining = false

  /** Merge once the numbers say that it can be; parcels that cannot be one are refused with why. */
  private async join(intent: Intent): Promise<void> {
    const { session } = this.editor
    if (!session || this.joining) return
    this.joining = true
    session.attempt(intent)
    await this.editor.answered(session)
    this.joining = false
    const now = this.editor.session === session && this.tool === 'merge' ? this.intent() : null
    if (now === null || JSON.stringify(now) !== JSON.stringify(intent)) return
    const wrong = session.preview?.findings.find(({ severity }) => severity === 'error')
    if (wrong) return this.editor.desk.toast(wrong.message, 'bad')
    if (session.problem === null) this.take(intent)
  }

  /** Return the step that the tool would take with what it has, or null while something is missing. */
  intent(): Intent | null {
    const { session } = this.editor
    if (!session) return null
    const { make } = session
    const { forms } = this
    const line = this.pen.length > 1 ? this.line().map((corner) => make.free(corner)) : null
    const many = this.picked.length > 1 ? this.picked : []
    const size = Number(forms.area.replace(/[\s,，]/g, ''))
    switch (this.tool) {
      case 'split': return line && make.split(this.focus, line)
      case 'cut': return line && make.cut(many, line)
      case 'corridor': return line && Number(forms.width) > 0 ? make.corridor(many, line, Number(forms.width)) : null
      case 'split_area': return this.edge && size > 0 ? make.splitArea(this.focus, [xy(this.edge.a), xy(this.edge.b)], size, forms.unit) : null
      case 'merge': return this.picked.length > 1 ? make.merge(this.picked, forms.apart) : null
      case 'draw': return this.land()
      case 'points': return this.outline()
      default: return null
    }
  }

  /** The pasted list as the outline of the parcel in focus; its holes stay. */
  private outline(): Intent | null {
    const { session } = this.editor
    const parcel = session?.fabric.get(this.focus)
    if (!session || !parcel || parcel.polygons.length !== 1 || !this.list || !this.isUsable(this.list)) return null
    return session.make.outline(this.focus, [[ringOf(this.list.points), ...plain(parcel.polygons)[0]!.slice(1)]])
  }

  isUsable(list: PointList): boolean {
    return list.points.length > 2 && list.bad.length === 0 && list.isNear
  }

  private land(): Intent | null {
    const { session } = this.editor
    if (!this.forms.use.trim()) return null
    const values = { ...(this.forms.name.trim() ? { name: this.forms.name.trim() } : {}), use_code: this.forms.use.trim() }
    if (this.list && this.isUsable(this.list)) {
      const intent = session!.make.draw([[ringOf(this.list.points)]], this.forms.extend, values)
      return { ...intent, crs: this.editor.desk.data.workspace.crs ?? intent.crs }
    }
    if (this.pen.length < 3) return null
    return session!.make.draw([[ringOf(this.pen.map(({ corner }) => session!.make.free(corner)))]], this.forms.extend, values)
  }

  /** The line of the pen; ends on an edge reach a little over it. */
  private line(): Corner[] {
    const { frame } = this.editor.session!
    const corners = this.pen.map(({ corner }) => corner)
    if (frame === null) return corners
    const further = (end: Target, before: Target): Corner => {
      const [[x, y], [fx, fy]] = [end.corner, before.corner]
      const length = Math.hypot(x - fx, y - fy)
      if (end.on !== 'edge' || length === 0) return end.corner
      return frame.exact([x + ((x - fx) / length) * BEYOND_M, y + ((y - fy) / length) * BEYOND_M])
    }
    const [first, last] = [this.pen[0]!, this.pen.at(-1)!]
    return [further(first, this.pen[1]!), ...corners.slice(1, -1), further(last, this.pen.at(-2)!)]
  }

  /** Length and area [m, m2] in the plane of what is drawn, with the pointer as its next corner. */
  get measured(): { length: number; area: number | null } {
    const corners = [...this.pen, ...(this.cursor && !this.done ? [this.cursor] : [])].map(({ corner }) => corner)
    const closed = this.tool !== 'split' && this.tool !== 'cut' && this.tool !== 'corridor'
    return { length: planeLength(corners), area: closed && corners.length > 2 ? planeArea(corners) : null }
  }
}

const ringOf = (points: XY[]): XY[] => [...points, points[0]!]
