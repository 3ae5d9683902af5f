import { describe, expect, it } from 'vitest'
import { distance, dms, mu, number, percent, roundBelow, scaleText } from '../src/format'

describe('numbers as they are printed', () => {
  it('parts thousands with a thin space and rounds half up', () => {
    expect(number(27533.45, 1)).toBe('27\u202f533.5')
    expect(number(1234567)).toBe('1\u202f234\u202f567')
    expect(number(0.005, 2)).toBe('0.01')
    expect(number(-1234.5, 1)).toBe('−1\u202f234.5')
  })
  it('says 资料不足 for what is missing, never 0', () => {
    expect(number(null)).toBe('资料不足')
    expect(number(Number.NaN, 2)).toBe('资料不足')
    expect(percent(undefined)).toBe('资料不足')
  })
  it('turns 2000/3 m2 into one mu', () => {
    expect(mu(2000 / 3)).toBe('1.00')
    expect(mu(27533.4)).toBe('41.30')
  })
  it('trims a whole percentage', () => {
    expect(percent(1)).toBe('100\u202f%')
    expect(percent(0.0654)).toBe('6.5\u202f%')
  })
  it('writes degrees with minutes and seconds, carrying over', () => {
    expect(dms(118.653444, 'E', 'W')).toBe('118°39′12.4″E')
    expect(dms(-0.9999999, 'N', 'S')).toBe('1°00′00.0″S')
  })
})

describe('the scale bar', () => {
  it('takes the roundest length that fits', () => {
    expect(roundBelow(873)).toBe(500)
    expect(roundBelow(200)).toBe(200)
    expect(roundBelow(0.7)).toBeCloseTo(0.5)
  })
  it('rounds the ratio to two digits', () => {
    expect(scaleText(10234)).toBe('1\u202f:\u202f10\u202f000')
    expect(distance(1500)).toBe('1.5 km')
    expect(distance(200)).toBe('200 m')
  })
})
