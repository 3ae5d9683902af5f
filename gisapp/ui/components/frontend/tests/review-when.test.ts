import { describe, expect, it } from 'vitest'
import { addDays, byDay, clockOf, dayOf, daysBetween, documentOf, isDate, neighbourTick, reasonOf, ticksOf, within } from '../src/review/when'
import { rev } from './review-sample'

describe('dates', () => {
  it('count whole days over months and leap days', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
  })
  it('stay between the earliest and the latest', () => {
    expect(within('2020-01-01', '2026-09-01', '2026-11-23')).toBe('2026-09-01')
    expect(within('2030-01-01', '2026-09-01', '2026-11-23')).toBe('2026-11-23')
  })
  it('are refused where they are none', () => {
    expect(isDate('2026-11-22')).toBe(true)
    expect(isDate('2026-13-40')).toBe(false)
    expect(isDate('')).toBe(false)
  })
  it('are read as the server wrote them, whatever the zone of the browser', () => {
    expect(dayOf('2026-11-23T00:10:00+08:00')).toBe('2026-11-23')
    expect(clockOf('2026-11-23T00:10:00+08:00')).toBe('00:10')
    expect(clockOf('2026-11-23')).toBe('')
  })
})

describe('ticks of the slider', () => {
  const log = [rev({ revision: 3, made_at: '2026-11-21T08:00:00+08:00' }), rev({ revision: 4, made_at: '2026-11-21T18:00:00+08:00' }), rev({ revision: 1, made_at: '2026-11-11T08:00:00+08:00' })]
  const ticks = ticksOf(log, '2026-11-01', '2026-11-21')
  it('stand once a day, at their share of the way', () => {
    expect(ticks.map(({ date, at }) => [date, at])).toEqual([['2026-11-11', 0.5], ['2026-11-21', 1]])
    expect(ticks[1]?.revisions).toEqual([3, 4])
  })
  it('leave out what lies beyond', () => {
    expect(ticksOf(log, '2026-11-12', '2026-11-20')).toEqual([])
  })
  it('find the neighbour on either side', () => {
    expect(neighbourTick(ticks, '2026-11-15', -1)).toBe('2026-11-11')
    expect(neighbourTick(ticks, '2026-11-11', 1)).toBe('2026-11-21')
    expect(neighbourTick(ticks, '2026-11-21', 1)).toBeNull()
  })
  it('survive a store made today', () => {
    expect(ticksOf([rev({ made_at: '2026-11-01T08:00:00+08:00' })], '2026-11-01', '2026-11-01')[0]?.at).toBe(0)
  })
})

it('the log goes by day, newest first', () => {
  const days = byDay([rev({ revision: 1, made_at: '2026-11-20T08:00:00+08:00' }), rev({ revision: 3 }), rev({ revision: 2 })])
  expect(days.map(([day, items]) => [day, items.map((item) => item.revision)])).toEqual([['2026-11-22', [3, 2]], ['2026-11-20', [1]]])
})

describe('the reason', () => {
  it('leaves the document to its own line', () => {
    const entry = rev({ reason: '规划调整：道路拓宽；宁规〔2026〕8号', document: '宁规〔2026〕8号' })
    expect(reasonOf(entry)).toBe('规划调整：道路拓宽')
    expect(documentOf(entry)).toBe('宁规〔2026〕8号')
  })
  it('is not said twice where it only repeats the kind', () => {
    expect(reasonOf(rev({ reason: '撤销', kind_title: '撤销' }))).toBe('')
  })
  it('stays whole without a document', () => {
    expect(reasonOf(rev({ reason: '测绘成果更新' }))).toBe('测绘成果更新')
    expect(reasonOf(rev({ reason: null }))).toBe('')
  })
})
