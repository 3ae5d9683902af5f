import { describe, expect, it } from 'vitest'
import { layLineage, pathOf } from '../src/review/lineage-layout'
import type { LineageEdge, LineageNode } from '../src/review/types'

const node = (parcel_id: string, born: number | null, alive = true): LineageNode => ({ parcel_id, title: parcel_id, alive, born, died: null })
const laid = (nodes: LineageNode[], edges: LineageEdge[]) => {
  const layout = layLineage(nodes, edges)
  return { ...layout, at: Object.fromEntries(layout.nodes.map(({ node: item, row, lane }) => [item.parcel_id, [row, lane]])) }
}

describe('the lineage', () => {
  it('of one parcel is one row', () => {
    expect(laid([node('A', 0)], [])).toMatchObject({ lanes: 1, links: [], at: { A: [0, 0] } })
  })
  it('branches at a split, the first child going straight on', () => {
    const { at, lanes, links } = laid([node('C', 5), node('A', 0, false), node('B', 5)], [['A', 'B', 5], ['A', 'C', 5]])
    expect(at).toEqual({ A: [0, 0], B: [1, 0], C: [2, 1] })
    expect(lanes).toBe(2)
    expect(links.map((link) => link.lane)).toEqual([0, 1])
  })
  it('joins at a merge, and frees the lane for what comes later', () => {
    const { at, lanes } = laid(
      [node('A', null, false), node('B', null, false), node('M', 7, false), node('X', 9), node('Y', 9)],
      [['A', 'M', 7], ['B', 'M', 7], ['M', 'X', 9], ['M', 'Y', 9]],
    )
    expect(at).toEqual({ A: [0, 0], B: [1, 1], M: [2, 0], X: [3, 0], Y: [4, 1] })
    expect(lanes).toBe(2)
  })
  it('puts every parent above its children, whatever the numbers say', () => {
    const { at } = laid([node('A', 9, false), node('B', 1)], [['A', 'B', 9]])
    expect(at['A']![0]).toBeLessThan(at['B']![0] ?? -1)
  })
  it('never lays two parcels of different fates on one crossing link', () => {
    const edges: LineageEdge[] = [['P', 'Q', 1], ['P', 'R', 1], ['Q', 'S', 2], ['R', 'S', 2], ['P', 'T', 1]]
    const layout = layLineage(['P', 'Q', 'R', 'S', 'T'].map((id, i) => node(id, i)), edges)
    for (const link of layout.links)
      for (const { node: item, row, lane } of layout.nodes)
        if (row > link.from.row && row < link.to.row && item.parcel_id !== link.child) expect(lane === link.lane).toBe(false)
  })
  it('ends even where the data go round in a circle', () => {
    expect(layLineage([node('A', 0), node('B', 1)], [['A', 'B', 1], ['B', 'A', 2]]).nodes).toHaveLength(2)
  })
  it('leaves out links to parcels that it was not told of', () => {
    expect(laid([node('A', 0)], [['Z', 'A', 1]]).links).toEqual([])
  })
})

it('a link in its own lane is a straight line', () => {
  const link = { parent: 'A', child: 'B', revision: 1, from: { row: 0, lane: 0 }, to: { row: 2, lane: 0 }, lane: 0 }
  expect(pathOf(link, 18, 30, 10)).toBe('M 10 15 L 10 75')
})
