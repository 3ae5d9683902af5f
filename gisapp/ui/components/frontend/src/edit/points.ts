import type { XY } from './types'

export interface Bounds {
  west: number
  south: number
  east: number
  north: number
}

/** What a pasted list of boundary points was read as; every choice made for the user is said in `notes`. */
export interface PointList {
  /** East, north [m]. */
  points: XY[]
  names: (string | null)[]
  notes: ('swapped' | 'zone' | 'closed')[]
  /** Lines that could not be read, counted from 1. */
  bad: number[]
  /** Whether the points lie anywhere near the parcels. */
  isNear: boolean
}

/** How far from the parcels in hand a point may lie to be taken for one of this workspace [m]. */
const NEAR_M = 60_000
const NUMBER = /^[+-]?\d+(\.\d+)?$/

const fits = (value: number, low: number, high: number): boolean => value >= low - NEAR_M && value <= high + NEAR_M

/**
 * Read one point a line: "x y", "x,y", "name,x,y" (tabs, blanks, commas, also full-width).
 *
 * Surveyors write north first (X 北, Y 东), maps east first, and some add the zone in front of the east value; which it
 * is, is seen from where the parcels lie.
 */
export function readPoints(text: string, bounds: Bounds): PointList {
  const list: PointList = { points: [], names: [], notes: [], bad: [], isNear: true }
  const raw: XY[] = []
  text.split(/\r?\n/).forEach((line, i) => {
    const parts = line.trim().split(/[\s,，;；、]+/).filter(Boolean)
    if (parts.length === 0) return
    const numbers = parts.slice(-2)
    if (parts.length < 2 || parts.length > 3 || !numbers.every((part) => NUMBER.test(part))) {
      list.bad.push(i + 1)
      return
    }
    raw.push([Number(numbers[0]), Number(numbers[1])])
    list.names.push(parts.length === 3 ? parts[0]! : null)
  })
  const isEast = (value: number) => fits(value, bounds.west, bounds.east)
  const isNorth = (value: number) => fits(value, bounds.south, bounds.north)
  const zoned = (value: number) => value >= 1e7 && value < 1e8 && isEast(value % 1e6)
  const asIs = raw.every(([x, y]) => (isEast(x) || zoned(x)) && isNorth(y))
  const turned = raw.every(([x, y]) => isNorth(x) && (isEast(y) || zoned(y)))
  if (!asIs && turned && raw.length > 0) list.notes.push('swapped')
  list.isNear = asIs || turned
  list.points = raw.map(([x, y]): XY => (!asIs && turned ? [y, x] : [x, y]))
  if (list.isNear && list.points.some(([x]) => zoned(x))) {
    list.notes.push('zone')
    list.points = list.points.map(([x, y]) => [zoned(x) ? x % 1e6 : x, y])
  }
  const [first, last] = [list.points[0], list.points.at(-1)]
  if (first && last && list.points.length > 3 && first[0] === last[0] && first[1] === last[1]) {
    list.points.pop()
    list.names.pop()
    list.notes.push('closed')
  }
  return list
}

/** Return degrees of a bearing: decimal, or 45-30-15, 45°30′15″; null if it is none. */
export function readBearing(text: string): number | null {
  const parts = text.trim().split(/[-°′'″"\s:：]+/).filter(Boolean)
  if (parts.length === 0 || parts.length > 3 || !parts.every((part) => NUMBER.test(part))) return null
  const [d = 0, m = 0, s = 0] = parts.map(Number)
  const degrees = d + m / 60 + s / 3600
  return m < 60 && s < 60 && degrees >= 0 && degrees < 360 ? degrees : null
}

/** Return the point at a bearing (from north, clockwise) and distance [m] from another. */
export function polar([x, y]: XY, bearing: number, metres: number): XY {
  const angle = (bearing * Math.PI) / 180
  return [x + metres * Math.sin(angle), y + metres * Math.cos(angle)]
}
