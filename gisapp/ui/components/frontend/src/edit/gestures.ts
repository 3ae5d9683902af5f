import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl'
import type { Pick } from '../map/pointer'
import type { Editor } from './editor'
import { type Edge, type LocalFabric, keyOf, same, xy } from './fabric'
import { type Pixel, type Target, handlesOf, nearestCorner, nearestEdge, snap } from './snap'
import type { Corner, Intent } from './types'

/** A drag shorter than this only chooses the corner [px]. */
const STILL_PX = 3

type Grip = { kind: 'corner'; corner: Corner } | { kind: 'middle'; edge: Edge } | { kind: 'edge'; edge: Edge }

interface Drag {
  grip: Grip
  from: Pixel
  start: LocalFabric
  intent: Intent | null
  target: Target | null
  grabbed: { lng: number; lat: number }
}

/** Drags corners and edges on the map and puts corners where the pen is; numbers are asked for while the mouse is down. */
export class Gestures {
  drag: Drag | null = null
  /** The parcels as they are under the pointer, until the server has answered with its own corners. */
  local: LocalFabric | null = null
  hovered: Corner | null = null
  private map: MapLibre | null = null
  /** A mouse press that was taken here is no click on a parcel. */
  private taken = false

  constructor(private readonly editor: Editor) {}

  attach(map: MapLibre | null): void {
    if (map === this.map) return
    this.detach()
    this.map = map
    map?.on('mousedown', this.pressed)
    map?.on('mousemove', this.hover)
    map?.on('dblclick', this.doubled)
    if (map === null) return
    map.doubleClickZoom.disable()
    // Box zoom would swallow the click of Shift + click.
    map.boxZoom.disable()
    map.getContainer().dataset['cursor'] = 'pointer'
  }

  detach(): void {
    this.map?.off('mousedown', this.pressed)
    this.map?.off('mousemove', this.hover)
    this.map?.off('dblclick', this.doubled)
    this.map?.doubleClickZoom.enable()
    this.map?.boxZoom.enable()
    if (this.map) delete this.map.getContainer().dataset['cursor']
    this.cancel()
    this.map = null
    this.local = null
  }

  get fabric(): LocalFabric | null {
    const { session } = this.editor
    if (session === null) return null
    if (this.drag === null && session.settled) this.local = null
    return this.local ?? session.fabric
  }

  private readonly project = (lon: number, lat: number): Pixel => this.map!.project([lon, lat])

  private point(event: MouseEvent): { pixel: Pixel; at: { lng: number; lat: number } } {
    const box = this.map!.getCanvas().getBoundingClientRect()
    const pixel = { x: event.clientX - box.left, y: event.clientY - box.top }
    return { pixel, at: this.map!.unproject([pixel.x, pixel.y]) }
  }

  private get focus(): string[] {
    return this.editor.tools.picked
  }

  /** Return what the pointer would grab. */
  private gripAt(pixel: Pixel, shift: boolean): Grip | null {
    const { fabric } = this
    if (fabric === null || this.editor.tools.tool !== 'move' && this.editor.tools.tool !== 'points') return null
    const handles = handlesOf(fabric, this.focus, this.project)
    const corner = nearestCorner(handles.main, pixel, this.project) ?? nearestCorner(handles.more, pixel, this.project, 7)
    if (corner) return { kind: 'corner', corner }
    if (shift) {
      const edge = nearestEdge(this.focus.flatMap((id) => fabric.edges(id)), pixel, this.project, 8)
      return edge && { kind: 'edge', edge }
    }
    const middle = handles.middles.find(({ at }) => nearestCorner([at], pixel, this.project) !== null)
    return middle ? { kind: 'middle', edge: middle } : null
  }

  private readonly pressed = (event: MapMouseEvent): void => {
    const { session } = this.editor
    this.taken = false
    if (!session || session.conflict || this.editor.dialog !== 'none' || event.originalEvent.button !== 0) return
    const { pixel, at } = this.point(event.originalEvent)
    const grip = this.gripAt(pixel, event.originalEvent.shiftKey)
    if (grip === null) return
    event.preventDefault()
    this.taken = true
    if (grip.kind === 'corner') {
      this.editor.tools.chosen = grip.corner
      if (event.originalEvent.altKey) return this.removeChosen()
    }
    this.drag = { grip, from: pixel, start: this.fabric!, intent: null, target: null, grabbed: at }
    window.addEventListener('mousemove', this.dragged)
    window.addEventListener('mouseup', this.released)
    this.editor.changed()
  }

  private readonly dragged = (event: MouseEvent): void => {
    const { drag } = this
    const { session } = this.editor
    if (drag === null || session === null) return
    const gesture = performance.now()
    const { pixel, at } = this.point(event)
    if (drag.intent === null && Math.hypot(pixel.x - drag.from.x, pixel.y - drag.from.y) < STILL_PX) return
    const { grip, start } = drag
    if (grip.kind === 'edge') {
      this.dragEdge(grip.edge, at)
    } else {
      const own = new Set(grip.kind === 'corner' ? [keyOf(grip.corner)] : [])
      const target = this.target(start, pixel, at, own, event.altKey, grip)
      drag.target = target
      const to = session.make.free(target.corner)
      const exact = target.on === 'corner' ? xy(target.corner) : to
      if (grip.kind === 'corner') {
        this.local = start.moved([{ at: grip.corner, to: target.corner }])
        drag.intent = session.make.move(start.having(grip.corner), [{ at: xy(grip.corner), to: exact, snapped: target.on === 'corner' }])
      } else {
        const ids = start.having(grip.edge.a).filter((id) => start.having(grip.edge.b).includes(id))
        this.local = start.inserted(grip.edge.a, grip.edge.b, target.corner)
        drag.intent = session.make.insert(ids, xy(grip.edge.a), xy(grip.edge.b), session.make.free(target.corner))
      }
      this.editor.tools.chosen = target.corner
    }
    session.attempt(drag.intent, gesture)
  }

  /** Return where the pointer puts a corner; edges that end in it move with it and draw nothing to them. */
  private target(fabric: LocalFabric, pixel: Pixel, at: { lng: number; lat: number }, own: Set<string>, free: boolean, grip: Grip | null): Target {
    const { frame } = this.editor.session!
    const except = new Set(own)
    if (grip?.kind === 'middle') for (const corner of [grip.edge.a, grip.edge.b]) except.add(keyOf(corner))
    if (free && frame) return { corner: frame.corner(at.lng, at.lat), on: 'free' }
    return snap(fabric, frame, pixel, at, this.project, except)
  }

  /** Move a whole edge, both ends alike, in every parcel that has them. */
  private dragEdge(edge: Edge, at: { lng: number; lat: number }): void {
    const { session } = this.editor
    const { drag } = this
    const frame = session?.frame
    if (!session || !frame || !drag) return
    const [x0, y0] = frame.native(drag.grabbed.lng, drag.grabbed.lat)
    const [x1, y1] = frame.native(at.lng, at.lat)
    const moves = [edge.a, edge.b].map((corner) => {
      const to = frame.exact([Math.round((corner[0] + x1 - x0) * 1000) / 1000, Math.round((corner[1] + y1 - y0) * 1000) / 1000])
      return { at: corner, to }
    })
    this.local = drag.start.moved(moves)
    const ids = [...new Set([...drag.start.having(edge.a), ...drag.start.having(edge.b)])]
    drag.intent = session.make.move(ids, moves.map((move) => ({ at: xy(move.at), to: xy(move.to), snapped: false })))
  }

  private readonly released = (event: MouseEvent): void => {
    this.dragged(event)
    const { drag } = this
    const { session } = this.editor
    this.let()
    if (drag?.intent && session) session.push(drag.intent)
    else this.editor.changed()
  }

  private let(): void {
    window.removeEventListener('mousemove', this.dragged)
    window.removeEventListener('mouseup', this.released)
    this.drag = null
  }

  /** Give up a drag; say whether there was one. */
  cancel(): boolean {
    const was = this.drag !== null
    this.let()
    if (was) {
      this.local = null
      this.editor.session?.attempt(null)
      this.editor.changed()
    }
    return was
  }

  /** Take the chosen corner out of every parcel that has it. */
  removeChosen(): void {
    const { session, tools } = this.editor
    const { fabric } = this
    if (!session || !fabric || !tools.chosen || fabric.having(tools.chosen).length === 0) return
    const { chosen } = tools
    tools.chosen = null
    this.local = fabric.removed(chosen)
    session.push(session.make.remove(fabric.having(chosen), [xy(chosen)]))
  }

  /** Put the chosen corner at typed coordinates. */
  moveChosen(to: Corner): void {
    const { session, tools } = this.editor
    const { fabric } = this
    if (!session || !fabric || !tools.chosen || same(tools.chosen, to)) return
    this.local = fabric.moved([{ at: tools.chosen, to }])
    session.push(session.make.move(fabric.having(tools.chosen), [{ at: xy(tools.chosen), to: session.make.free(to), snapped: false }]))
    tools.chosen = to
  }

  private readonly hover = (event: MapMouseEvent): void => {
    const { session, tools } = this.editor
    if (!session || this.drag || !this.map) return
    const { pixel, at } = this.point(event.originalEvent)
    const draws = tools.spec !== undefined || tools.tool === 'measure'
    const grip = draws ? null : this.gripAt(pixel, event.originalEvent.shiftKey)
    this.map.getContainer().dataset['cursor'] = draws ? 'crosshair' : grip?.kind === 'middle' ? 'copy' : grip ? 'move' : 'pointer'
    const hovered = grip?.kind === 'corner' ? grip.corner : null
    if (draws) tools.cursor = this.target(this.fabric!, pixel, at, new Set(), event.originalEvent.altKey, null)
    else if (hovered === this.hovered) return
    this.hovered = hovered
    this.editor.changed()
  }

  private readonly doubled = (event: MapMouseEvent): void => {
    if (this.editor.tools.spec === undefined) return
    event.preventDefault()
    this.editor.tools.finish()
  }

  /** A click on the map while editing: a corner of the pen, an edge, or another parcel. */
  click(pick: Pick, event: MouseEvent | null): void {
    const { session, tools } = this.editor
    if (this.taken || !session || !event || !this.map || session.conflict) return
    const { pixel, at } = this.point(event)
    if (tools.spec) {
      // The second press of a double click draws nothing more.
      if (event.detail < 2) tools.draw(this.target(this.fabric!, pixel, at, new Set(), event.altKey, null))
      return
    }
    if (tools.tool === 'split_area') {
      const edge = nearestEdge(this.fabric!.edges(tools.focus), pixel, this.project)
      if (edge) return tools.takeEdge(edge)
    }
    void this.pickParcel(pick, at, event.shiftKey || tools.tool === 'merge')
  }

  private async pickParcel(pick: Pick, at: { lng: number; lat: number }, more: boolean): Promise<void> {
    const { session, tools, desk } = this.editor
    const here = this.fabric?.at(at.lng, at.lat)
    if (here) return tools.pick(here.parcel_id, more)
    if (pick.kind !== 'parcel' || pick.fid === null) return
    const id = await desk.model.idOf(pick.fid, pick.properties).catch(() => null)
    if (id === null || session !== this.editor.session) return
    await session?.reach({ parcel_id: id }).catch(() => null)
    if (session?.fabric.get(id)) tools.pick(id, more)
  }
}
