import { describe, expect, it } from 'vitest'
import { disc, metresPerPixel } from '../src/map/disc'
import { inside } from '../src/map/names'
import { isNarrow, scaleFor } from '../src/screen'

/** Great-circle distance [m]. */
const apart = (a: number[], b: number[]): number => {
  const rad = (d = 0) => (d * Math.PI) / 180
  const h = Math.sin(rad(b[1]! - a[1]!) / 2) ** 2 + Math.cos(rad(a[1])) * Math.cos(rad(b[1])) * Math.sin(rad(b[0]! - a[0]!) / 2) ** 2
  return 2 * 6371008.8 * Math.asin(Math.sqrt(h))
}

describe('the accuracy of a position', () => {
  it('is a closed ring at true distance all round', () => {
    const ring = disc(118.66, 32.09, 800).coordinates[0]!
    expect(ring[0]).toEqual(ring.at(-1))
    for (const point of ring) expect(apart([118.66, 32.09], point)).toBeCloseTo(800, 3)
  })
})

it('a pixel is 156 543 m / 2 at zoom 0 on the equator with 512 px tiles', () => {
  expect(metresPerPixel(0, 0)).toBeCloseTo(78271.517, 3)
  expect(metresPerPixel(60, 10)).toBeCloseTo(78271.517 / 2 / 1024, 5)
})

it('a name stands inside a crescent, not in its hollow', () => {
  const crescent = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [2, 2], [2, 10], [0, 10], [0, 0]]
  const [x, y] = inside(crescent)
  expect(x < 2 || x > 8 || y < 2).toBe(true)
})

it('type grows on screens of 2560 px and more, panels narrow below 1500', () => {
  expect(scaleFor(1920)).toBe(1)
  expect(scaleFor(2560)).toBe(1.33)
  expect(scaleFor(3840)).toBe(2)
  expect(isNarrow(1366)).toBe(true)
  expect(isNarrow(1920)).toBe(false)
})
