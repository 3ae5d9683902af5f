import type { Corner, FabricParcel, Polygons, PreviewParcel, Ring, XY } from './types'

export const keyOf = (at: readonly number[]): string => `${at[0]},${at[1]}`
export const same = (a: readonly number[], b: readonly number[]): boolean => a[0] === b[0] && a[1] === b[1]

/** Return rings without the repeated last corner, so that each corner is there once. */
const opened = (polygons: Polygons): Polygons =>
  polygons.map((rings) => rings.map((ring) => (ring.length > 1 && same(ring[0]!, ring.at(-1)!) ? ring.slice(0, -1) : ring)))

export interface Edge {
  a: Corner
  b: Corner
}

/** The parcels in hand with their exact corners; never changed, only replaced. */
export class LocalFabric {
  private found: Map<string, { corner: Corner; ids: string[] }> | null = null

  private constructor(readonly parcels: ReadonlyMap<string, FabricParcel>) {}

  static of(parcels: FabricParcel[]): LocalFabric {
    return new LocalFabric(new Map(parcels.map((parcel) => [parcel.parcel_id, { ...parcel, polygons: opened(parcel.polygons) }])))
  }

  /** Return these parcels and those of `more` that are not here yet. */
  joined(more: LocalFabric): LocalFabric {
    return new LocalFabric(new Map([...more.parcels, ...this.parcels]))
  }

  /** Return the fabric after a preview: changed and new outlines in, those that are gone out. */
  after(changes: PreviewParcel[]): LocalFabric {
    const next = new Map(this.parcels)
    for (const change of changes) {
      if (change.status === 'gone') next.delete(change.parcel_id)
      else if (change.polygons) {
        const known = next.get(change.parcel_id)
        const { parcel_id, title, use_code, version } = change
        next.set(parcel_id, { fid: known?.fid ?? 0, registered: known?.registered ?? false, parcel_id, title, use_code, version, polygons: opened(change.polygons) })
      }
    }
    return new LocalFabric(next)
  }

  get(id: string): FabricParcel | undefined {
    return this.parcels.get(id)
  }

  /** Every corner once, with the parcels that have it. */
  get corners(): ReadonlyMap<string, { corner: Corner; ids: string[] }> {
    if (this.found === null) {
      this.found = new Map()
      for (const [id, parcel] of this.parcels)
        for (const ring of parcel.polygons.flat())
          for (const corner of ring) {
            const entry = this.found.get(keyOf(corner))
            if (entry === undefined) this.found.set(keyOf(corner), { corner, ids: [id] })
            else if (!entry.ids.includes(id)) entry.ids.push(id)
          }
    }
    return this.found
  }

  get points(): Corner[] {
    return [...this.corners.values()].map(({ corner }) => corner)
  }

  having(at: readonly number[]): string[] {
    return this.corners.get(keyOf(at))?.ids ?? []
  }

  /** Return the edges of a parcel, of its outer and inner rings. */
  edges(id: string): Edge[] {
    return (this.get(id)?.polygons.flat() ?? []).flatMap((ring) => ring.map((a, i) => ({ a, b: ring[(i + 1) % ring.length]! })))
  }

  /** Return parcels that share a corner with one of `ids`, without them. */
  touching(ids: string[]): string[] {
    const own = new Set(ids)
    const found = new Set<string>()
    for (const { ids: having } of this.corners.values())
      if (having.some((id) => own.has(id))) for (const id of having) if (!own.has(id)) found.add(id)
    return [...found]
  }

  private mapped(ids: Iterable<string>, change: (ring: Ring) => Ring): LocalFabric {
    const next = new Map(this.parcels)
    for (const id of ids) {
      const parcel = next.get(id)
      if (parcel) next.set(id, { ...parcel, polygons: parcel.polygons.map((rings) => rings.map(change)) })
    }
    return new LocalFabric(next)
  }

  /** Return the fabric with corners moved in every parcel that has them. */
  moved(moves: { at: Corner; to: Corner }[]): LocalFabric {
    const target = new Map(moves.map(({ at, to }) => [keyOf(at), to]))
    const ids = new Set(moves.flatMap(({ at }) => this.having(at)))
    return this.mapped(ids, (ring) => ring.map((corner) => target.get(keyOf(corner)) ?? corner))
  }

  /** Return the fabric with a corner put into an edge, in every parcel that has that edge. */
  inserted(a: Corner, b: Corner, at: Corner): LocalFabric {
    const both = this.having(a).filter((id) => this.having(b).includes(id))
    return this.mapped(both, (ring) =>
      ring.flatMap((corner, i) => {
        const next = ring[(i + 1) % ring.length]!
        const here = (same(corner, a) && same(next, b)) || (same(corner, b) && same(next, a))
        return here ? [corner, at] : [corner]
      }),
    )
  }

  /** Return the fabric without a corner, in every parcel that has it. */
  removed(at: Corner): LocalFabric {
    return this.mapped(this.having(at), (ring) => ring.filter((corner) => !same(corner, at)))
  }

  /** Return the parcel in which a place lies, if it is in hand. */
  at(lon: number, lat: number): FabricParcel | undefined {
    return [...this.parcels.values()].find((parcel) => parcel.polygons.some((rings) => covers(rings, lon, lat)))
  }
}

/** Return whether a place lies in a polygon and not in one of its holes. */
function covers(rings: Ring[], lon: number, lat: number): boolean {
  let odd = false
  for (const ring of rings)
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [, , xi, yi] = ring[i]!
      const [, , xj, yj] = ring[j]!
      if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) odd = !odd
    }
  return odd
}

/** Return the plane area [m2] that corners enclose. */
export function planeArea(corners: readonly (readonly number[])[]): number {
  const [x0 = 0, y0 = 0] = corners[0] ?? []
  let twice = 0
  corners.forEach(([x = 0, y = 0], i) => {
    const [nx = 0, ny = 0] = corners[(i + 1) % corners.length] ?? []
    twice += (x - x0) * (ny - y0) - (nx - x0) * (y - y0)
  })
  return Math.abs(twice / 2)
}

/** Return the plane length [m] along corners. */
export const planeLength = (corners: readonly (readonly number[])[]): number =>
  corners.slice(1).reduce((sum, [x = 0, y = 0], i) => sum + Math.hypot(x - (corners[i]?.[0] ?? 0), y - (corners[i]?.[1] ?? 0)), 0)

/** Return the native coordinates of a corner. */
export const xy = (corner: readonly number[]): XY => [corner[0]!, corner[1]!]

/** Return outlines as plain native coordinates, rings closed. */
export const plain = (polygons: Polygons): XY[][][] =>
  polygons.map((rings) => rings.map((ring) => (ring.length > 0 && !same(ring[0]!, ring.at(-1)!) ? [...ring, ring[0]!] : ring).map(xy)))
