import { describe, expect, it } from 'vitest'
import { LocalFabric, plain, planeArea } from '../src/edit/fabric'
import { Frame } from '../src/edit/frame'
import { Intents } from '../src/edit/intents'
import { rebased, reshaped } from '../src/edit/conflict'
import { polar, readBearing, readPoints } from '../src/edit/points'
import { handlesOf, snap } from '../src/edit/snap'
import type { Corner } from '../src/edit/types'
import { at, squares } from './edit-sample'

/** Corners of the demo in EPSG:4549 with the degrees that PROJ gives for them. */
const SURVEYED: Corner[] = [
  [389695.336, 3578875.161, 118.828510117, 32.328431190],
  [389600.523, 3578784.678, 118.827513853, 32.327606058],
  [389600.976, 3578769.831, 118.827520389, 32.327472244],
  [389730.534, 3578660.479, 118.828908790, 32.326499120],
  [389820.628, 3578747.099, 118.829855394, 32.327288948],
]
/** A place 2.8 km from them. */
const FAR: Corner = [391695.336, 3580875.161, 118.849519252222, 32.346658391315]

describe('the local fabric', () => {
  const fabric = LocalFabric.of(squares())
  const shared = fabric.corners.get(at(100, 0).join())!.corner

  it('moves a shared corner in every parcel that has it, and leaves the rest as it is', () => {
    const to: Corner = [...at(110, 5), shared[2] + 1e-4, shared[3]]
    const after = fabric.moved([{ at: shared, to }])
    expect(after.having(to)).toEqual(['A', 'B'])
    expect(after.having(shared)).toEqual([])
    expect(after.get('C')).toBe(fabric.get('C'))
    expect(fabric.having(shared)).toEqual(['A', 'B'])
  })
  it('puts a corner into a shared edge on both sides and takes it out again', () => {
    const top = fabric.corners.get(at(100, 100).join())!.corner
    const middle: Corner = [...at(100, 50), shared[2], shared[3] + 4e-4]
    const after = fabric.inserted(shared, top, middle)
    expect(after.having(middle)).toEqual(['A', 'B'])
    expect(plain(after.removed(middle).get('A')!.polygons)).toEqual(plain(fabric.get('A')!.polygons))
  })
  it('takes over the exact corners of an answer and lets go of parcels that are gone', () => {
    const polygons = fabric.get('A')!.polygons
    const base = { version: 0, before: null, after: null, registered_m2: null, zones: [], verdict: null, score: null, geometry: null, use_code: null, title: '' }
    const after = fabric.after([{ ...base, parcel_id: 'A', status: 'gone', polygons: [] }, { ...base, parcel_id: '拟-A-1', status: 'new', polygons }])
    expect([...after.parcels.keys()]).toEqual(['B', 'C', '拟-A-1'])
    expect(after.having(shared)).toEqual(['B', '拟-A-1'])
  })
  it('knows which parcel a place lies in', () => {
    const [, , lon, lat] = fabric.corners.get(at(0, 0).join())!.corner
    expect(fabric.at(lon + 5e-4, lat + 4e-4)?.parcel_id).toBe('A')
    expect(fabric.at(lon - 5e-4, lat)).toBeUndefined()
  })
  it('measures in the plane of native coordinates', () => {
    expect(planeArea(fabric.get('A')!.polygons[0]![0]!)).toBe(10_000)
  })
})

describe('the frame', () => {
  it('says places in native metres as PROJ does, to the millimetre, and back', () => {
    const frame = Frame.of(SURVEYED)!
    for (const [x, y, lon, lat] of SURVEYED) {
      expect(Math.hypot(frame.native(lon, lat)[0] - x, frame.native(lon, lat)[1] - y)).toBeLessThan(0.001)
      const [plon, plat] = frame.place([x, y])
      expect(Math.abs(plon - lon) + Math.abs(plat - lat)).toBeLessThan(2e-8)
    }
  })
  it('is good to centimetres where no corner is known', () => {
    const [x, y] = Frame.of(SURVEYED)!.native(FAR[2], FAR[3])
    expect(Math.hypot(x - FAR[0], y - FAR[1])).toBeLessThan(0.05)
  })
  it('refuses corners that fit no map grid', () => {
    expect(Frame.of(SURVEYED.map(([x, y, lon, lat], i): Corner => [x + 3 * i * i, y, lon, lat]))).toBeNull()
    expect(Frame.of(SURVEYED.slice(0, 3))).toBeNull()
  })
})

describe('snapping', () => {
  const fabric = LocalFabric.of(squares())
  const [, , west, south] = fabric.corners.get(at(0, 0).join())!.corner
  const project = (lon: number, lat: number) => ({ x: (lon - west) / 1.0617e-5, y: -(lat - south) / 9.019e-6 })
  const place = (x: number, y: number) => ({ lng: west + x * 1.0617e-5, lat: south + y * 9.019e-6 })
  const near = (x: number, y: number, except: string[] = []) => snap(fabric, null, { x, y: -y }, place(x, y), project, new Set(except))

  it('takes a corner within 12 px exactly as it is, before an edge', () => {
    expect(near(108, 6)).toMatchObject({ on: 'corner', corner: [...at(100, 0)] .concat([expect.any(Number), expect.any(Number)]) })
  })
  it('takes an edge next, and else the place itself', () => {
    const target = near(107, 50)
    expect(target.on).toBe('edge')
    expect(target.corner[0]).toBe(389_100)
    expect(near(150, 50).on).toBe('free')
  })
  it('is not drawn to what moves itself', () => {
    expect(near(101, 2, [at(100, 0).join()]).on).not.toBe('corner')
  })
  it('offers corners, those of neighbours, and middles of long edges', () => {
    const handles = handlesOf(fabric, ['A'], project)
    expect([handles.main.length, handles.more.length, handles.middles.length]).toEqual([4, 2, 4])
  })
})

describe('a pasted list', () => {
  const bounds = { west: 389_000, east: 389_400, south: 3_578_000, north: 3_578_100 }
  it('says when north came first, and turns it', () => {
    const list = readPoints('J1,3578000.5,389010\nJ2\t3578010\t389020\nJ3 3578020 389000', bounds)
    expect(list).toMatchObject({ points: [[389_010, 3_578_000.5], [389_020, 3_578_010], [389_000, 3_578_020]], names: ['J1', 'J2', 'J3'], notes: ['swapped'], bad: [], isNear: true })
  })
  it('takes east first as it is, drops the zone and the repeated first point', () => {
    const list = readPoints('40389010 3578000\n40389020 3578010\n40389000 3578020\n40389010 3578000', bounds)
    expect(list.points).toEqual([[389_010, 3_578_000], [389_020, 3_578_010], [389_000, 3_578_020]])
    expect(list.notes).toEqual(['zone', 'closed'])
  })
  it('says which lines are no coordinates, and when they lie elsewhere', () => {
    expect(readPoints('x y\n1 2', bounds)).toMatchObject({ bad: [1], isNear: false, notes: [] })
  })
  it('reads bearings and goes along them from north clockwise', () => {
    expect(readBearing('45-30-36')).toBeCloseTo(45.51, 6)
    expect(readBearing('45°30′')).toBe(45.5)
    expect([readBearing('400'), readBearing('a'), readBearing('10-70')]).toEqual([null, null, null])
    const [x, y] = polar([0, 0], 90, 10)
    expect([Math.round(x * 1e9) / 1e9, Math.round(y * 1e9) / 1e9]).toEqual([10, 0])
  })
})

describe('intents', () => {
  const make = new Intents('EPSG:4549', true)
  it('name corners exactly and snapped targets too', () => {
    expect(make.move(['A'], [{ at: at(1, 2), to: at(3, 4), snapped: true }]).moves).toEqual([{ at: at(1, 2), snap: at(3, 4) }])
    expect(new Intents('EPSG:4549', false).free([1, 2, 118, 32])).toEqual([118, 32])
  })
  it('that split stay as they are after a conflict, except where the other one holds', () => {
    const steps = [make.split('A', [at(0, 0), at(1, 1)]), make.retire(['C'])]
    expect(rebased(steps, new Map(), new Map([['A', 'theirs'], ['C', 'mine']]), make)).toEqual([steps[1]])
  })
  it('that reshape can be put onto the fabric here', () => {
    const fabric = LocalFabric.of(squares())
    const frame = Frame.of(SURVEYED)
    const after = reshaped(fabric, make.move(['A', 'B'], [{ at: at(100, 0), to: at(105, 0), snapped: false }]), frame)
    expect(after.having(at(105, 0))).toEqual(['A', 'B'])
  })
})
