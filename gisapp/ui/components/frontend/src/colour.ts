import type { LandUse, VerdictName } from './types'

export const INK = '#10273a'
export const ACCENT = '#1f5f86'
export const AMBER = '#e6a817'
export const PAPER = '#edf0ea'
export const UNFILLED = '#f9f7f0'
export const FABRIC = '#d3cebf'
export const UNKNOWN = '#7b5ea7'

/** Fill of each verdict letter in the theme answer; unknown is a violet hatch over its pale ground. */
export const VERDICT_FILL: Record<string, string> = {
  c: '#0072b2',
  n: '#b0b7c3',
  p: '#d55e00',
  u: '#f0ecf6',
  x: '#f4f1e8',
}

export const LETTER: Record<VerdictName, string> = {
  candidate: 'c',
  not_candidate: 'n',
  prohibited: 'p',
  unknown: 'u',
  not_applicable: 'x',
}

export const VERDICTS = Object.keys(LETTER) as VerdictName[]

/** Score 0-100, light to dark; even steps in lightness so that it also reads in grey. */
export const SCORE_RAMP: [number, string][] = [
  [0, '#eef3e9'],
  [25, '#bcdcd2'],
  [50, '#77b7c4'],
  [75, '#3181ad'],
  [100, '#0b3f73'],
]
export const NO_SCORE = '#e7e5de'

const channels = (hex: string): [number, number, number] => {
  const value = Number.parseInt(hex.slice(1, 7), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** Return `share` of a colour mixed with the rest of another, as #rrggbb. */
export function mix(colour: string, other: string, share: number): string {
  const a = channels(colour)
  const b = channels(other)
  return `#${a.map((v, i) => Math.round(v * share + (b[i] ?? 0) * (1 - share)).toString(16).padStart(2, '0')).join('')}`
}

/** Return the standard's colour softened for the screen: 48 % colour, 52 % paper, so that lines and verdicts lead. */
export const soften = (colour: string): string => mix(colour, '#fbfaf6', 0.48)

/** Return a colour with an alpha, for lines and canvas. */
export const alpha = (colour: string, value: number): string => {
  const [r, g, b] = channels(colour)
  return `rgba(${r},${g},${b},${value})`
}

/** Return the land-use entry whose code is the longest prefix of `code`. */
export function landUseOf(code: string | null | undefined, table: LandUse[]): LandUse | undefined {
  if (!code) return undefined
  return table.reduce<LandUse | undefined>(
    (best, entry) => (code.startsWith(entry.code) && entry.code.length > (best?.code.length ?? 0) ? entry : best),
    undefined,
  )
}
