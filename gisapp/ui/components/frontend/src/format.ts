import { t } from './texts'

const THIN_SPACE = '\u202f'
const M2_PER_MU = 2000 / 3

/** Return a number rounded half away from zero to `digits`, thousands parted by thin spaces; 资料不足 if missing. */
export function number(value: number | null | undefined, digits = 0, trim = false): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return t('资料不足')
  const scale = 10 ** digits
  const rounded = Math.sign(value) * (Math.round(Math.abs(value) * scale + 1e-9) / scale)
  const [whole = '0', fraction = ''] = Math.abs(rounded).toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE)
  const tail = trim ? fraction.replace(/0+$/, '') : fraction
  return `${rounded < 0 ? '−' : ''}${grouped}${tail ? `.${tail}` : ''}`
}

/** Return an area [m2] in mu, to 0.01. */
export const mu = (m2: number | null | undefined): string =>
  number(m2 === null || m2 === undefined ? null : m2 / M2_PER_MU, 2)

/** Return a share [1] as a percentage. */
export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? t('资料不足') : `${number(share * 100, digits, true)}${THIN_SPACE}%`

/** Return a score with one decimal, or a dash where there is none. */
export const score = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : number(value, 1)

/** Return degrees as 118°39′12.4″ with a hemisphere letter. */
export function dms(degrees: number, positive: string, negative: string): string {
  const tenths = Math.round(Math.abs(degrees) * 36000)
  const d = Math.floor(tenths / 36000)
  const m = Math.floor((tenths % 36000) / 600)
  const s = ((tenths % 600) / 10).toFixed(1).padStart(4, '0')
  return `${d}°${String(m).padStart(2, '0')}′${s}″${degrees < 0 ? negative : positive}`
}

/** Return the roundest of 1, 2, 5 × 10^n that does not exceed `value`. */
export function roundBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [5, 2, 1].find((step) => step * power <= value * (1 + 1e-9)) ?? 1
  return factor * power
}

/** Return a distance in metres as a short text. */
export const distance = (metres: number): string =>
  metres >= 1000 ? `${number(metres / 1000, 1, true)} km` : `${number(metres)} m`

/** Return a scale denominator rounded to two digits, as 1 : 10 000. */
export function scaleText(denominator: number): string {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(denominator)) - 1)
  return `1${THIN_SPACE}:${THIN_SPACE}${number(Math.round(denominator / power) * power)}`
}
