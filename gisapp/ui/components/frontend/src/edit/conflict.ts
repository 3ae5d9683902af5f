import { type LocalFabric, keyOf, plain } from './fabric'
import type { Frame } from './frame'
import type { Intents } from './intents'
import type { ConflictLine, Corner, Intent, Polygons, XY } from './types'

export type Choice = 'theirs' | 'mine'

/** What somebody else committed first, parcel by parcel, and whose version is to hold. */
export class Conflict {
  readonly choices = new Map<string, Choice>()

  constructor(
    readonly lines: ConflictLine[],
    /** My outlines, by parcel. */
    readonly mine: ReadonlyMap<string, Polygons>,
    /** Parcels that my steps name. */
    private readonly named: ReadonlySet<string>,
    private readonly changed: () => void,
  ) {}

  choose(id: string, choice: Choice): void {
    this.choices.set(id, choice)
    this.changed()
  }

  /** Whether I changed a parcel at all; else there is nothing of mine to insist on. */
  isContested(line: ConflictLine): boolean {
    return line.why === 'base' && (this.mine.has(line.parcel_id) || this.named.has(line.parcel_id))
  }

  get undecided(): number {
    return this.lines.filter(({ parcel_id }) => !this.choices.has(parcel_id)).length
  }

  /** The choices for parcels that both of us changed. */
  get contested(): Map<string, Choice> {
    return new Map(this.lines.filter((line) => line.why === 'base').map(({ parcel_id }) => [parcel_id, this.choices.get(parcel_id) ?? 'theirs']))
  }

  /** Parcels that are still there. */
  get present(): string[] {
    return this.lines.filter((line) => line.theirs !== null).map((line) => line.parcel_id)
  }
}

/** Return every outline of a conflict, to see them all. */
export const outlinesOf = (lines: readonly ConflictLine[]): (GeoJSON.Geometry | null)[] => lines.flatMap(({ base, theirs, mine }) => [base, theirs, mine])

const PLAIN_OPS: Intent['op'][] = ['reshape', 'attribute']

/**
 * Return the steps that are left once it is chosen, parcel by parcel, whose version holds.
 *
 * Steps that only reshape become the whole outlines of the parcels that I keep, since the corners that they name may be
 * gone. Steps that split, merge or draw stay as they are, unless they concern a parcel where the other one holds.
 */
export function rebased(intents: Intent[], mine: ReadonlyMap<string, Polygons>, chosen: ReadonlyMap<string, Choice>, make: Intents): Intent[] {
  const theirs = new Set([...chosen].filter(([, choice]) => choice === 'theirs').map(([id]) => id))
  const isKept = (intent: Intent) => intent.parcel_ids.length === 0 || !intent.parcel_ids.some((id) => theirs.has(id))
  if (!intents.every((intent) => PLAIN_OPS.includes(intent.op))) return intents.filter(isKept)
  const attributes = intents
    .filter((intent) => intent.op === 'attribute')
    .map((intent) => ({ ...intent, parcel_ids: intent.parcel_ids.filter((id) => !theirs.has(id)) }))
    .filter((intent) => intent.parcel_ids.length > 0)
  if (!intents.some((intent) => intent.op === 'reshape')) return attributes
  const outlines = [...mine].filter(([id]) => !theirs.has(id)).map(([id, polygons]) => make.outline(id, plain(polygons)))
  return [...outlines, ...attributes]
}

/** Return the fabric after a reshaping step, as far as it can be done here. */
export function reshaped(fabric: LocalFabric, intent: Intent, frame: Frame | null): LocalFabric {
  if (intent.op !== 'reshape' || frame === null) return fabric
  const find = (at: XY): Corner => fabric.corners.get(keyOf(at))?.corner ?? frame.exact(at)
  const moves = (intent.moves ?? []).map((move) => ({ at: find(move.at), to: find(move.snap ?? move.to ?? move.at) }))
  const moved = fabric.moved(moves)
  const inserted = (intent.inserts ?? []).reduce((next, { a, b, at }) => next.inserted(find(a), find(b), frame.exact(at)), moved)
  return (intent.deletes ?? []).reduce((next, at) => next.removed(find(at)), inserted)
}

/** Return the outlines, by parcel, that differ from the store's once further steps are put onto the fabric here. */
export function outlinesAfter(intents: Intent[], fabric: LocalFabric, origin: LocalFabric, frame: Frame | null): Map<string, Polygons> {
  const after = intents.reduce((next, intent) => reshaped(next, intent, frame), fabric)
  const isOther = (id: string, polygons: Polygons): boolean => origin.get(id) !== undefined && JSON.stringify(polygons) !== JSON.stringify(origin.get(id)?.polygons)
  return new Map([...after.parcels].map(([id, parcel]) => [id, parcel.polygons] as const).filter(([id, polygons]) => isOther(id, polygons)))
}
