import type { ChangeKind, DiffChange } from './types'

export const KINDS: [ChangeKind, string][] = [['new', '新增'], ['gone', '消失'], ['outline', '界线'], ['attributes', '属性']]

export const kindWord = (kind: ChangeKind): string => KINDS.find(([item]) => item === kind)?.[1] ?? ''

/** Return the net change of area [亩] of some changes. */
export const netMu = (changes: readonly DiffChange[]): number =>
  changes.reduce((sum, change) => sum + (change.after_mu ?? 0) - (change.before_mu ?? 0), 0)

export const countKinds = (changes: readonly DiffChange[]): Record<ChangeKind, number> => {
  const counts: Record<ChangeKind, number> = { new: 0, gone: 0, outline: 0, attributes: 0 }
  for (const change of changes) counts[change.kind] += 1
  return counts
}
