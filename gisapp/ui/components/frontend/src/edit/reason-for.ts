import type { EditState, Intent, Op } from './types'

const REASONS: Partial<Record<Op, string>> = { split: 'split', split_area: 'split', cut: 'split', merge: 'merge', corridor: 'road' }

/** Return the reason that steps of one kind speak of themselves, null where the user's last choice stands. */
export function reasonFor(intents: Intent[], state: EditState | null): string | null {
  const codes = new Set(intents.filter(({ op }) => op !== 'attribute').map(({ op }) => REASONS[op] ?? null))
  const [code] = codes
  return codes.size === 1 && code && state?.reasons.some((entry) => entry.code === code) ? code : null
}
