import { describe, expect, it } from 'vitest'
import { balanceBody, differs, floorNote } from '../src/review/balance-sheet'
import { sheet } from './review-sample'

const session = { branch: 'official', seen: 7, base: { A: 1 }, intents: [{ op: 'split' }] }

describe('what the balance is asked', () => {
  it('is nothing without a selection', () => {
    expect(balanceBody('official', { kind: 'selection' }, [], null, null)).toBeNull()
    expect(balanceBody('official', { kind: 'selection' }, ['A'], null, null)).toEqual({ branch: 'official', scope: { kind: 'selection', parcel_ids: ['A'] } })
  })
  it('takes in the steps of a running edit of the same branch only', () => {
    expect(balanceBody('official', { kind: 'all' }, [], session, null)).toMatchObject({ intents: session.intents, base: { A: 1 }, seen: 7 })
    expect(balanceBody('scheme', { kind: 'all' }, [], session, null)).toEqual({ branch: 'scheme', scope: { kind: 'all' } })
    expect(balanceBody('official', { kind: 'all' }, [], { ...session, intents: [] }, null)).not.toHaveProperty('intents')
  })
  it('names the version of a past date', () => {
    expect(balanceBody('official', { kind: 'park', park: '高新区' }, [], null, 'v9')).toEqual({ branch: 'official', version: 'v9', scope: { kind: 'park', park: '高新区' } })
  })
})

describe('the table', () => {
  it('has two sides only where they differ', () => {
    expect(differs(sheet([{}]))).toBe(false)
    expect(differs(sheet([{}, { delta_ha: -0.0002 }]))).toBe(true)
    expect(differs(sheet([{ after_floor_m2: null }]))).toBe(true)
  })
  it('says how many floor areas are not known, and nothing where all are', () => {
    expect(floorNote(sheet([{}]), true, '编辑后')).toBe('')
    expect(floorNote(sheet([{}], { before: 12, after: 13 }), false, '编辑后')).toContain('12 宗')
    expect(floorNote(sheet([{}], { before: 0, after: 13 }), true, '编辑后')).toMatch(/现状 0 宗，编辑后 13 宗/)
  })
})
