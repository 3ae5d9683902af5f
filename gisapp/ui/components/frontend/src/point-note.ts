import { number } from './format'
import { UNCERTAIN_M } from './map/transit'
import { t } from './texts'

const STATUS: Record<string, string> = { operating: '运营', construction: '在建', planned: '规划' }

/** Return one line on a station, hub or facility: name, line, state, opening, and how sure its position is. */
export function pointNote(properties: Record<string, unknown>): string {
  const { name, line, status, opening_year, accuracy_m } = properties
  const accuracy = Number(accuracy_m ?? 0)
  return [
    name ? String(name) : null,
    line ? String(line) : null,
    status ? t(STATUS[String(status)] ?? String(status)) : null,
    opening_year && status !== 'operating' ? t('{year} 年开通', { year: String(opening_year) }) : null,
    accuracy > UNCERTAIN_M ? t('估算站位 ±{metres} m', { metres: number(accuracy) }) : null,
  ]
    .filter(Boolean)
    .join(' · ')
}
