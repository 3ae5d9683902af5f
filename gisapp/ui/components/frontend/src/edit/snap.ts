import { type Edge, type LocalFabric, keyOf } from './fabric'
import type { Frame } from './frame'
import type { Corner } from './types'

export const SNAP_PX = 12
const GRAB_PX = 9

export interface Pixel {
  x: number
  y: number
}

export type Project = (lon: number, lat: number) => Pixel

/** A place for a corner: exactly on one that exists, on an edge, or free. */
export interface Target {
  corner: Corner
  on: 'corner' | 'edge' | 'free'
}

const apart = (a: Pixel, b: Pixel): number => Math.hypot(a.x - b.x, a.y - b.y)

/** Return how far along an edge the nearest place to `p` lies, 0 to 1, and how far away it is [px]. */
function along(p: Pixel, a: Pixel, b: Pixel): { share: number; px: number } {
  const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length))
  return { share, px: apart(p, { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) }) }
}

/** Return the corner nearest to the pointer, within reach. */
export function nearestCorner(corners: Iterable<Corner>, p: Pixel, project: Project, reach = GRAB_PX): Corner | null {
  let best: { corner: Corner; px: number } | null = null
  for (const corner of corners) {
    const px = apart(p, project(corner[2], corner[3]))
    if (px <= reach && px < (best?.px ?? Infinity)) best = { corner, px }
  }
  return best?.corner ?? null
}

/** Return the edge nearest to the pointer within reach, and the place on it. */
export function nearestEdge(edges: Iterable<Edge>, p: Pixel, project: Project, reach = SNAP_PX): (Edge & { share: number; px: number }) | null {
  let best: (Edge & { share: number; px: number }) | null = null
  for (const edge of edges) {
    const found = along(p, project(edge.a[2], edge.a[3]), project(edge.b[2], edge.b[3]))
    if (found.px <= reach && found.px < (best?.px ?? Infinity)) best = { ...edge, ...found }
  }
  return best
}

export const between = (a: Corner, b: Corner, share: number): Corner => a.map((value, i) => value + share * (b[i]! - value)) as Corner

/**
 * Return where a corner at the pointer goes: onto a corner of the fabric first, else onto an edge, else where it is.
 * Corners and edges in `except` (those that move themselves) draw nothing to them.
 */
export function snap(fabric: LocalFabric, frame: Frame | null, p: Pixel, at: { lng: number; lat: number }, project: Project, except: ReadonlySet<string>): Target {
  const corners = [...fabric.corners.values()].map(({ corner }) => corner).filter((corner) => !except.has(keyOf(corner)))
  const corner = nearestCorner(corners, p, project, SNAP_PX)
  if (corner) return { corner, on: 'corner' }
  const edges = [...fabric.parcels.keys()].flatMap((id) => fabric.edges(id)).filter(({ a, b }) => !except.has(keyOf(a)) && !except.has(keyOf(b)))
  const edge = nearestEdge(edges, p, project)
  if (edge) {
    const on = between(edge.a, edge.b, edge.share)
    return { corner: [Math.round(on[0] * 1000) / 1000, Math.round(on[1] * 1000) / 1000, on[2], on[3]], on: 'edge' }
  }
  return { corner: frame?.corner(at.lng, at.lat) ?? [NaN, NaN, at.lng, at.lat], on: 'free' }
}

export interface Handles {
  /** Corners of the parcels in focus. */
  main: Corner[]
  /** Corners of the parcels around them. */
  more: Corner[]
  /** Middles of the edges of the parcels in focus. */
  middles: (Edge & { at: Corner })[]
}

const MIDDLE_FROM_PX = 30

/** Return what can be grabbed: corners, those of neighbours too, and middles of edges long enough on screen. */
export function handlesOf(fabric: LocalFabric, focus: string[], project: Project): Handles {
  const own = new Map<string, Corner>()
  const middles: Handles['middles'] = []
  for (const edge of focus.flatMap((id) => fabric.edges(id))) {
    own.set(keyOf(edge.a), edge.a)
    if (apart(project(edge.a[2], edge.a[3]), project(edge.b[2], edge.b[3])) >= MIDDLE_FROM_PX) middles.push({ ...edge, at: between(edge.a, edge.b, 0.5) })
  }
  const more = new Map<string, Corner>()
  for (const id of fabric.touching(focus))
    for (const { a } of fabric.edges(id)) if (!own.has(keyOf(a))) more.set(keyOf(a), a)
  return { main: [...own.values()], more: [...more.values()], middles }
}
