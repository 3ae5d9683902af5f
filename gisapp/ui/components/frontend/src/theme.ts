import { LETTER, NO_SCORE, SCORE_RAMP, VERDICT_FILL, VERDICTS, landUseOf, soften } from './colour'
import { t } from './texts'
import type { LandUse, RulebookInfo, VerdictName } from './types'

/** What fills the parcels: one thing at a time. */
export type Theme =
  | { kind: 'land' }
  | { kind: 'plan' }
  | { kind: 'verdict'; rulebook: string }
  | { kind: 'score'; rulebook: string }

export interface LegendEntry {
  label: string
  fill: string
  hatch: boolean
}

export interface Legend {
  title: string
  entries: LegendEntry[]
  ramp: [number, string][] | null
  note: string | null
}

export const sameTheme = (a: Theme, b: Theme): boolean => JSON.stringify(a) === JSON.stringify(b)

export const rulebookOf = (theme: Theme): string | null => ('rulebook' in theme ? theme.rulebook : null)

const WORDS: Record<VerdictName, string> = {
  candidate: '候选',
  not_candidate: '非候选',
  prohibited: '触及底线',
  unknown: '资料不足',
  not_applicable: '不在评价范围',
}

/** Return the word for a verdict: the rulebook's own, else the common one. */
export const word = (verdict: VerdictName, rulebook: RulebookInfo | undefined): string =>
  rulebook?.words?.[verdict] ?? t(WORDS[verdict])

/** Return a verdict word without its bracketed caution, for chips and legends that have little room. */
export const shortWord = (verdict: VerdictName, rulebook: RulebookInfo | undefined): string =>
  word(verdict, rulebook).replace(/（.*?）|\s*\(.*?\)/g, '')

/** Why there is no evaluation to draw. */
export interface Failure {
  message: string
  action: string
}

/** Return the legend that belongs to a theme; land-use classes are those whose codes are in view. */
export function legendOf(theme: Theme, landUse: LandUse[], codes: string[], rulebooks: RulebookInfo[], failed: Failure | null = null): Legend {
  if (theme.kind === 'land' || theme.kind === 'plan') {
    const title = theme.kind === 'land' ? t('用地现状（填色）') : t('规划用途（填色）')
    const entries = landUseEntries(landUse, codes)
    const foreign = codes.length > 0 && entries.length === 0
    const empty = foreign ? t('用地代码不属于国家分类，无法按用途着色') : t('当前范围内没有地块，缩小或移动地图')
    return { title, entries, ramp: null, note: entries.length ? null : empty }
  }
  const rulebook = rulebooks.find((book) => book.id === theme.rulebook)
  const name = rulebook?.title ?? theme.rulebook
  if (failed) return { title: t('{name}（评价未完成）', { name }), entries: [], ramp: null, note: `${failed.message} ${failed.action}` }
  if (theme.kind === 'verdict') {
    const entries = VERDICTS.map((verdict) => ({
      label: shortWord(verdict, rulebook),
      fill: VERDICT_FILL[LETTER[verdict]] ?? NO_SCORE,
      hatch: verdict === 'unknown',
    }))
    return { title: t('{name}判定（填色）', { name }), entries, ramp: null, note: null }
  }
  return {
    title: t('{name}得分（填色）', { name }),
    entries: [{ label: t('无得分'), fill: NO_SCORE, hatch: false }],
    ramp: SCORE_RAMP,
    note: null,
  }
}

function landUseEntries(landUse: LandUse[], codes: string[]): LegendEntry[] {
  const found = new Map<string, LandUse>()
  for (const code of codes) {
    const entry = landUseOf(code, landUse)
    if (entry) found.set(entry.code, entry)
  }
  return [...found.values()]
    .sort((a, b) => a.code.localeCompare(b.code))
    .map((entry) => ({ label: entry.title, fill: soften(entry.color), hatch: false }))
}
