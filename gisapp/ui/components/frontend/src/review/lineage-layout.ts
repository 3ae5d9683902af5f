import type { LineageEdge, LineageNode } from './types'

export interface Placed {
  node: LineageNode
  row: number
  lane: number
}

export interface Link {
  parent: string
  child: string
  revision: number
  from: { row: number; lane: number }
  to: { row: number; lane: number }
  /** The lane in which the link runs between its two ends. */
  lane: number
}

export interface LineageLayout {
  nodes: Placed[]
  links: Link[]
  lanes: number
}

/** Return the nodes so that parents stand before their children, older and then smaller ids first. */
function inOrder(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): LineageNode[] {
  const waiting = new Map(nodes.map((node) => [node.parcel_id, edges.filter(([, child]) => child === node.parcel_id).length]))
  const born = (node: LineageNode) => String(node.born ?? '').padStart(12, '0')
  const older = (a: LineageNode, b: LineageNode) => born(a).localeCompare(born(b)) || a.parcel_id.localeCompare(b.parcel_id)
  const rest = [...nodes].sort(older)
  const order: LineageNode[] = []
  while (rest.length > 0) {
    const at = Math.max(0, rest.findIndex((node) => (waiting.get(node.parcel_id) ?? 0) === 0))
    const [node] = rest.splice(at, 1)
    if (node === undefined) break
    order.push(node)
    for (const [parent, child] of edges) if (parent === node.parcel_id) waiting.set(child, (waiting.get(child) ?? 0) - 1)
  }
  return order
}

/** Lay a lineage out in rows, one parcel a row, with lanes that branch at a split and join at a merge. */
export function layLineage(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): LineageLayout {
  const known = new Set(nodes.map((node) => node.parcel_id))
  const inside = edges.filter(([parent, child]) => known.has(parent) && known.has(child))
  const order = inOrder(nodes, inside)
  const rowOf = new Map(order.map((node, row) => [node.parcel_id, row]))
  const open: (LineageEdge | null)[] = []
  const laneOf = new Map<LineageEdge, number>()
  const placed: Placed[] = []
  let lanes = 0
  const free = (): number => {
    const at = open.indexOf(null)
    return at >= 0 ? at : open.length
  }
  order.forEach((node, row) => {
    const arriving = open.flatMap((edge, lane) => (edge !== null && edge[1] === node.parcel_id ? [lane] : []))
    const lane = arriving[0] ?? free()
    for (const each of arriving) open[each] = null
    open[lane] ??= null
    placed.push({ node, row, lane })
    const leaving = inside
      .filter(([parent]) => parent === node.parcel_id)
      .sort((a, b) => (rowOf.get(a[1]) ?? 0) - (rowOf.get(b[1]) ?? 0))
    leaving.forEach((edge, i) => {
      const taken = i === 0 ? lane : free()
      open[taken] = edge
      laneOf.set(edge, taken)
    })
    lanes = Math.max(lanes, open.length)
  })
  const place = (id: string) => placed[rowOf.get(id) ?? 0] ?? { row: 0, lane: 0 }
  const links = inside.map((edge): Link => {
    const [parent, child, revision] = edge
    const from = place(parent)
    const to = place(child)
    return { parent, child, revision, from: { row: from.row, lane: from.lane }, to: { row: to.row, lane: to.lane }, lane: laneOf.get(edge) ?? to.lane }
  })
  return { nodes: placed, links, lanes }
}

/** Return the path of a link as SVG data: out into its lane, down, and in to its child. */
export function pathOf(link: Link, lanePx: number, rowPx: number, inset: number): string {
  const x = (lane: number) => inset + lane * lanePx
  const y = (row: number) => row * rowPx + rowPx / 2
  const start = { x: x(link.from.lane), y: y(link.from.row) }
  const end = { x: x(link.to.lane), y: y(link.to.row) }
  const bend = rowPx * 0.8
  const out = link.lane === link.from.lane ? '' : ` C ${start.x} ${start.y + bend * 0.6} ${x(link.lane)} ${start.y + bend * 0.4} ${x(link.lane)} ${start.y + bend}`
  const into = link.lane === link.to.lane ? ` L ${end.x} ${end.y}` : ` L ${x(link.lane)} ${end.y - bend} C ${x(link.lane)} ${end.y - bend * 0.4} ${end.x} ${end.y - bend * 0.6} ${end.x} ${end.y}`
  return `M ${start.x} ${start.y}${out}${into}`
}
