import { describe, expect, it } from 'vitest'
import { landUseOf, mix, soften } from '../src/colour'
import { legendOf, shortWord } from '../src/theme'
import { data } from './sample'

const { land_use = [], rulebooks = [] } = data()

describe('land use', () => {
  it('belongs to the entry with the longest code that it starts with', () => {
    expect(landUseOf('100102', land_use)?.title).toBe('工业用地')
    expect(landUseOf('100101', land_use)?.title).toBe('一类工业用地')
    expect(landUseOf('1002', land_use)?.title).toBe('工矿用地')
    expect(landUseOf('99', land_use)).toBeUndefined()
    expect(landUseOf(null, land_use)).toBeUndefined()
  })
  it('is softened by 52 % paper on screen', () => {
    expect(soften('#000000')).toBe('#838280')
    expect(soften('#ffffff')).toBe('#fdfcfa')
    expect(mix('#ff0000', '#0000ff', 0.5)).toBe('#800080')
  })
})

describe('the legend matches what is filled', () => {
  it('lists each land use in view once, by code', () => {
    const { entries, title } = legendOf({ kind: 'land' }, land_use, ['100101', '0701', '100101', '0702'], rulebooks)
    expect(title).toBe('用地现状（填色）')
    expect(entries.map((entry) => entry.label)).toEqual(['居住用地', '一类工业用地'])
  })
  it('uses the words of the rulebook and hatches what is unknown', () => {
    const { entries } = legendOf({ kind: 'verdict', rulebook: 'redevelopment' }, land_use, [], rulebooks)
    expect(entries[0]).toMatchObject({ label: '疑似低效用地', fill: '#0072b2', hatch: false })
    expect(entries.filter((entry) => entry.hatch).map((entry) => entry.label)).toEqual(['资料不足'])
  })
  it('shows a ramp for scores', () => {
    expect(legendOf({ kind: 'score', rulebook: 'redevelopment' }, land_use, [], rulebooks).ramp?.at(-1)?.[0]).toBe(100)
  })
})

it('drops the caution in brackets only where room is short', () => {
  expect(shortWord('candidate', rulebooks[0])).toBe('疑似低效用地')
  expect(shortWord('prohibited', undefined)).toBe('触及底线')
})
