import type { Rev } from './types'

const DAY_MS = 86_400_000

const dayNumber = (date: string): number => Math.round(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / DAY_MS)

/** Return whole days from one date (YYYY-MM-DD) to another. */
export const daysBetween = (from: string, to: string): number => dayNumber(to) - dayNumber(from)

/** Return the date that lies `days` after a date. */
export const addDays = (date: string, days: number): string => new Date((dayNumber(date) + days) * DAY_MS).toISOString().slice(0, 10)

export const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(dayNumber(text))

/** Return a date moved into the closed interval of two dates. */
export const within = (date: string, earliest: string, latest: string): string =>
  date < earliest ? earliest : date > latest ? latest : date

/** Return the day of a moment as the server wrote it, in its own time zone. */
export const dayOf = (moment: string): string => moment.slice(0, 10)

/** Return the hour and minute of a moment as the server wrote it. */
export const clockOf = (moment: string): string => /T(\d\d:\d\d)/.exec(moment)?.[1] ?? ''

export const momentOf = (moment: string): string => `${dayOf(moment)} ${clockOf(moment)}`.trim()

export interface Tick {
  date: string
  /** Place along the slider, 0 to 1. */
  at: number
  revisions: number[]
}

/** Return one tick a day on which something was recorded, placed between two dates. */
export function ticksOf(revisions: readonly Rev[], earliest: string, latest: string): Tick[] {
  const span = Math.max(1, daysBetween(earliest, latest))
  const days = new Map<string, number[]>()
  for (const rev of revisions) {
    const day = dayOf(rev.made_at)
    if (day >= earliest && day <= latest) days.set(day, [...(days.get(day) ?? []), rev.revision])
  }
  return [...days]
    .map(([date, numbers]) => ({ date, at: daysBetween(earliest, date) / span, revisions: numbers.sort((a, b) => a - b) }))
    .sort((a, b) => a.at - b.at)
}

/** Return the nearest date with a record before (-1) or after (1) a date. */
export function neighbourTick(ticks: readonly Tick[], date: string, step: -1 | 1): string | null {
  const beyond = ticks.filter((tick) => (step < 0 ? tick.date < date : tick.date > date))
  return (step < 0 ? beyond.at(-1) : beyond[0])?.date ?? null
}

/** Return revisions by local day, newest first. */
export function byDay<R extends { made_at: string; revision: number }>(revisions: readonly R[]): [string, R[]][] {
  const days = new Map<string, R[]>()
  for (const rev of [...revisions].sort((a, b) => b.revision - a.revision)) {
    const day = dayOf(rev.made_at)
    days.set(day, [...(days.get(day) ?? []), rev])
  }
  return [...days]
}

export const documentOf = (rev: Pick<Rev, 'reason' | 'document'>): string | null => rev.document || null

/** Return why a revision was made, without what is shown by itself: its document, its kind. */
export function reasonOf(rev: Pick<Rev, 'reason' | 'document' | 'kind_title'>): string {
  const reason = rev.reason === rev.kind_title ? '' : (rev.reason ?? '')
  const paper = documentOf(rev)
  return paper !== null && reason.endsWith(paper) ? reason.slice(0, -paper.length).replace(/[；：;:\s]+$/, '') : reason
}
