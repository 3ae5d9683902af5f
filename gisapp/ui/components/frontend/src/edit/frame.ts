import type { Corner, XY } from './types'

/** First eccentricity squared of the CGCS2000 ellipsoid. */
const E2 = 0.00669438002290
/** Corners further than this from their own place in the frame [m]: the frame is not to be used. */
const TOLERANCE_M = 0.005

type Complex = [number, number]

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c]
const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d]
const minus = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d]
const over = (a: Complex, [c, d]: Complex): Complex => {
  const size = c * c + d * d
  return times(a, [c / size, -d / size])
}

/** Return longitude and isometric latitude [rad]: every conformal map grid is an analytic function of them. */
function isometric(lon: number, lat: number): Complex {
  const phi = (lat * Math.PI) / 180
  const e = Math.sqrt(E2)
  const q = Math.atanh(Math.sin(phi)) - e * Math.atanh(e * Math.sin(phi))
  return [(lon * Math.PI) / 180, q]
}

/** Return the latitude [degrees] of an isometric latitude. */
function latitude(q: number): number {
  const e = Math.sqrt(E2)
  let sin = Math.tanh(q)
  for (let i = 0; i < 8; i += 1) sin = Math.tanh(q + e * Math.atanh(e * sin))
  return (Math.asin(sin) * 180) / Math.PI
}

/** Solve a small complex linear system by elimination with the largest pivot. */
function solve(rows: Complex[][], right: Complex[]): Complex[] | null {
  const n = right.length
  const size = (value: Complex | undefined) => Math.hypot(...(value ?? [0, 0]))
  const m = rows.map((row, i) => [...row, right[i] as Complex])
  for (let i = 0; i < n; i += 1) {
    let best = i
    for (let r = i + 1; r < n; r += 1) if (size(m[r]?.[i]) > size(m[best]?.[i])) best = r
    const pivot = m[best] as Complex[]
    if (size(pivot[i]) < 1e-14) return null
    m[best] = m[i] as Complex[]
    m[i] = pivot
    for (let r = 0; r < n; r += 1) {
      if (r === i) continue
      const row = m[r] as Complex[]
      const factor = over(row[i] as Complex, pivot[i] as Complex)
      for (let c = i; c <= n; c += 1) row[c] = minus(row[c] as Complex, times(factor, pivot[c] as Complex))
    }
  }
  return m.map((row, i) => over(row[n] as Complex, row[i] as Complex))
}

/**
 * The workspace's grid around the parcels in hand, learnt from corners that the server gave in both systems.
 *
 * Good to well under 0.1 mm within a few kilometres of them; only for places that are nobody's corner yet, so that
 * what is drawn between exact corners can be said in the same numbers. Null where the corners do not fit such a grid.
 */
export class Frame {
  private constructor(
    private readonly at: Complex,
    private readonly scale: number,
    private readonly terms: Complex[],
  ) {}

  static of(corners: Corner[]): Frame | null {
    if (corners.length < 4) return null
    const step = Math.max(1, Math.floor(corners.length / 400))
    const used = corners.filter((_, i) => i % step === 0)
    const all = used.map(([, , lon, lat]) => isometric(lon, lat))
    const at: Complex = [mean(all.map(([u]) => u)), mean(all.map(([, q]) => q))]
    const scale = Math.max(...all.map((w) => Math.hypot(...minus(w, at))))
    if (!(scale > 0)) return null
    const origin: Complex = [mean(used.map(([x]) => x)), mean(used.map(([, y]) => y))]
    const powers = all.map((w) => powersOf(over(minus(w, at), [scale, 0])))
    const normal = [0, 1, 2].map((i) => [0, 1, 2].map((j) => sum(powers.map((p) => times(conjugate(p[i]), p[j] as Complex)))))
    const right = [0, 1, 2].map((i) => sum(powers.map((p, k) => times(conjugate(p[i]), minus([used[k]![0], used[k]![1]], origin)))))
    const terms = solve(normal, right)
    if (terms === null) return null
    terms[0] = plus(terms[0] as Complex, origin)
    const frame = new Frame(at, scale, terms)
    return used.every(([x, y, lon, lat]) => distance(frame.native(lon, lat), [x, y]) < TOLERANCE_M) ? frame : null
  }

  /** Return native metres of a place. */
  native(lon: number, lat: number): XY {
    const z = over(minus(isometric(lon, lat), this.at), [this.scale, 0])
    const [one, first, second] = this.terms as [Complex, Complex, Complex]
    return plus(one, times(z, plus(first, times(z, second))))
  }

  /** Return longitude and latitude of native metres. */
  place([x, y]: XY): XY {
    const [one, first, second] = this.terms as [Complex, Complex, Complex]
    let z = over(minus([x, y], one), first)
    for (let i = 0; i < 12; i += 1) {
      const off = minus(plus(one, times(z, plus(first, times(z, second)))), [x, y])
      z = minus(z, over(off, plus(first, times([2, 0], times(z, second)))))
    }
    const [u, q] = plus(times(z, [this.scale, 0]), this.at)
    return [(u * 180) / Math.PI, latitude(q)]
  }

  /** Return a place as a corner on whole millimetres, as the store keeps new corners. */
  corner(lon: number, lat: number): Corner {
    const [x, y] = this.native(lon, lat)
    return this.exact(millimetres([x, y]))
  }

  /** Return native metres as a corner, unrounded. */
  exact(at: XY): Corner {
    const [lon, lat] = this.place(at)
    return [at[0], at[1], lon, lat]
  }
}

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const conjugate = ([a, b]: Complex = [0, 0]): Complex => [a, -b]
const sum = (values: Complex[]): Complex => values.reduce(plus, [0, 0])
const powersOf = (z: Complex): Complex[] => [[1, 0], z, times(z, z)]
const distance = (a: XY, b: XY): number => Math.hypot(a[0] - b[0], a[1] - b[1])

/** Return native coordinates on whole millimetres. */
export const millimetres = ([x, y]: XY): XY => [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000]
