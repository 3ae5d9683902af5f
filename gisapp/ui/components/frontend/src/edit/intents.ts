import type { Corner, Intent, XY } from './types'

type Values = NonNullable<Intent['values']>

/** Makes intents: free places in the workspace's own system where it is known here, else in degrees. */
export class Intents {
  /** Land is meant to come to the parcels or to leave them, as at a street. */
  extend = false

  constructor(
    private readonly crs: string,
    private readonly isNative: boolean,
  ) {}

  private of(op: Intent['op'], parcel_ids: string[], rest: Partial<Intent> = {}): Intent {
    return { op, parcel_ids, crs: this.isNative ? this.crs : 'EPSG:4326', ...rest }
  }

  private reshape(ids: string[], rest: Partial<Intent>): Intent {
    return this.of('reshape', ids, this.extend ? { ...rest, extend: true } : rest)
  }

  /** Return a corner as an intent says it. */
  free([x, y, lon, lat]: Corner): XY {
    return this.isNative ? [x, y] : [lon, lat]
  }

  /** Move corners; each either onto an exact corner (snap) or to a free place. */
  move(ids: string[], moves: { at: XY; to: XY; snapped: boolean }[]): Intent {
    return this.reshape(ids, { moves: moves.map(({ at, to, snapped }) => (snapped ? { at, snap: to } : { at, to })) })
  }

  insert(ids: string[], a: XY, b: XY, at: XY): Intent {
    return this.reshape(ids, { inserts: [{ a, b, at }] })
  }

  remove(ids: string[], at: XY[]): Intent {
    return this.reshape(ids, { deletes: at })
  }

  outline(id: string, polygons: XY[][][]): Intent {
    return { ...this.reshape([id], { polygons }), crs: this.crs }
  }

  split(id: string, line: XY[]): Intent {
    return this.of('split', [id], { line })
  }

  splitArea(id: string, edge: [XY, XY], size: number, unit: 'mu' | 'm2'): Intent {
    return this.of('split_area', [id], { edge, ...(unit === 'mu' ? { area_mu: size } : { area_m2: size }) })
  }

  cut(ids: string[], line: XY[]): Intent {
    return this.of('cut', ids, { line })
  }

  corridor(ids: string[], line: XY[], width_m: number): Intent {
    return this.of('corridor', ids, { line, width_m })
  }

  /** Make one parcel of several; `apart` says that they may lie apart. */
  merge(ids: string[], apart: boolean): Intent {
    return this.of('merge', ids, apart ? { apart } : {})
  }

  draw(polygons: XY[][][], extend: boolean, values: Values): Intent {
    return this.of('draw', [], { polygons, extend, values })
  }

  retire(ids: string[]): Intent {
    return this.of('retire', ids)
  }

  values(ids: string[], values: Values): Intent {
    return this.of('attribute', ids, { values })
  }
}

/** Return the steps with land meant, or not meant, to come and go by those that reshape. */
export const extended = (intents: Intent[], on: boolean): Intent[] =>
  intents.map(({ extend, ...rest }) => (rest.op === 'reshape' ? (on ? { ...rest, extend: true } : rest) : extend === undefined ? rest : { ...rest, extend }))

/** Return the steps with what one part gets of a sum field; a step that gave it before is replaced. */
export function allocated(intents: Intent[], given: Intent): Intent[] {
  const isSame = (intent: Intent) =>
    intent.op === 'attribute' && intent.parcel_ids.join() === given.parcel_ids.join() && Object.keys(intent.values ?? {}).join() === Object.keys(given.values ?? {}).join()
  const at = intents.findIndex(isSame)
  return at < 0 ? [...intents, given] : intents.map((intent, i) => (i === at ? given : intent))
}

