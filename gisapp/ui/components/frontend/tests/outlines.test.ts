import { describe, expect, it } from 'vitest'
import { edgesOnce, linesOnce } from '../src/outlines'

const key = (at: number[]) => at.join()
const left = [[0, 0], [1, 0], [1, 1], [0, 1]]
const right = [[1, 0], [2, 0], [2, 1], [1, 1]]

describe('edgesOnce', () => {
  it('goes round a ring in one line', () => {
    expect(edgesOnce([left], key)).toEqual([[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]])
  })
  it('takes the repeated last corner for the end of the ring', () => {
    expect(edgesOnce([[...left, [0, 0]]], key)).toEqual(edgesOnce([left], key))
  })
  it('leaves out what another ring has drawn, in whichever direction', () => {
    expect(edgesOnce([left, right], key)[1]).toEqual([[1, 0], [2, 0], [2, 1], [1, 1]])
    const edges = edgesOnce([left, right], key).flatMap((line) => line.slice(1).map((at, i) => [key(line[i]!), key(at)].sort().join('|')))
    expect(edges).toHaveLength(7)
    expect(new Set(edges).size).toBe(7)
  })
  it('starts a new line behind a shared edge', () => {
    const shared = [[5, 5], [1, 1], [1, 0], [6, 0]]
    expect(edgesOnce([left, shared], key).slice(1)).toEqual([[[5, 5], [1, 1]], [[1, 0], [6, 0], [5, 5]]])
  })
})

it('linesOnce draws two neighbours with one line between them', () => {
  const polygon = (ring: number[][]): GeoJSON.Polygon => ({ type: 'Polygon', coordinates: [[...ring, ring[0]!]] })
  const { coordinates } = linesOnce([polygon(left), { type: 'MultiPolygon', coordinates: [polygon(right).coordinates] }])
  expect(coordinates.reduce((sum, line) => sum + line.length - 1, 0)).toBe(7)
})
