import { type TemplateResult, html } from 'lit'
import { number } from '../format'
import { t } from '../texts'
import type { BalanceAnswer, EditSession, Scope } from './types'

/** What the balance routes are asked. */
export interface BalanceAsk {
  branch: string
  version?: string
  scope: { kind: Scope['kind']; park?: string; parcel_ids?: string[] }
  intents?: unknown[]
  base?: Record<string, number>
  seen?: number
}

/** Return the question for a scope, or null where nothing is selected; a running edit is added if it is of this branch. */
export function balanceBody(branch: string, scope: Scope, ids: readonly string[], session: EditSession | null, version: string | null): BalanceAsk | null {
  if (scope.kind === 'selection' && ids.length === 0) return null
  const asked = scope.kind === 'selection' ? { kind: scope.kind, parcel_ids: [...ids] } : { ...scope }
  const live = session !== null && session.branch === branch && session.intents.length > 0
  return {
    branch,
    ...(version === null ? {} : { version }),
    scope: asked,
    ...(live ? { intents: session.intents, base: session.base, seen: session.seen } : {}),
  }
}

const SEEN_HA = 0.00005

/** Return whether before and after differ anywhere by what would be printed. */
export const differs = (sheet: BalanceAnswer): boolean =>
  sheet.rows.some((row) => Math.abs(row.delta_ha ?? 0) >= SEEN_HA || row.before_floor_m2 !== row.after_floor_m2)

/** Say for how many parcels the floor area is not known, which the sums leave out. */
export function floorNote(sheet: BalanceAnswer, two: boolean, after: string): string {
  const { before, after: later } = sheet.unknown_floor
  if (before === 0 && (!two || later === 0)) return ''
  if (!two) return t('* 建筑面积：{count} 宗资料不足，未计入合计。', { count: number(before) })
  return t('* 建筑面积资料不足、未计入合计：现状 {before} 宗，{after} {later} 宗。', { before: number(before), after, later: number(later) })
}

/** Return a signed number of hectares. */
export function signedHa(value: number | null): TemplateResult | string {
  if (value === null) return '–'
  if (Math.abs(value) < SEEN_HA) return html`<span class="mute">0</span>`
  return html`<span class="delta ${value > 0 ? 'plus' : 'minus'}">${value > 0 ? '+' : ''}${number(value, 4)}</span>`
}

/** Let the browser keep a file. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
