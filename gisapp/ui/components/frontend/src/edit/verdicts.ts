import type { Preview } from './types'

/** An answer without verdicts shows those of the answer before it, until its own are in hand. */
export function withVerdictsOf(before: Preview | null, answer: Preview): Preview {
  const known = new Map(before?.parcels.map((parcel) => [parcel.parcel_id, parcel]))
  const parcels = answer.parcels.map((parcel) => {
    const { verdict = null, score = null } = known.get(parcel.parcel_id) ?? {}
    return { ...parcel, verdict, score }
  })
  return { ...answer, parcels }
}
