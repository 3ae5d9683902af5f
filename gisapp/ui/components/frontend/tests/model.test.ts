import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Api } from '../src/api'
import { DeskModel } from '../src/model'
import type { FaceData } from '../src/types'
import { data } from './sample'

const given = (parcel_id: string | null): FaceData => ({ ...data(), selection: parcel_id === null ? null : { parcel_id } })

describe('the selection, shared with Python', () => {
  const asked: string[] = []
  const api = {
    use: () => {},
    get: async (path: string) => {
      asked.push(path)
      if (path.startsWith('/parcel/')) return { fid: 7, parcel_id: path.slice(8), geometry: null }
      if (path === '/theme') return { verdict: '', score: [] }
      return { rulebook: 'redevelopment', counts: {}, total: 0, rows: [] }
    },
  } as unknown as Api
  const told = vi.fn()
  const flown = vi.fn()
  let model: DeskModel

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('window', globalThis)
    asked.length = 0
    told.mockReset()
    flown.mockReset()
    model = new DeskModel(api, () => {}, told, flown)
    model.use(given(null))
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  const choose = async (id: string | null) => {
    await model.select(id, null, false)
    await vi.advanceTimersByTimeAsync(500)
  }

  it('is told once the visitor has settled, not for every row passed', async () => {
    void model.select('A', 1, false)
    void model.select('B', 2, false)
    await vi.advanceTimersByTimeAsync(500)
    expect(told.mock.calls).toEqual([['B']])
  })

  it('does not jump back when Python answers a run late', async () => {
    await choose('A')
    await choose(null)
    model.use(given('A'))
    expect(model.selectedId).toBeNull()
    await choose('B')
    model.use(given(null))
    expect(model.selectedId).toBe('B')
  })

  it('follows Python when it selects another parcel, and flies there', async () => {
    await choose('A')
    model.use(given('A'))
    model.use(given('C'))
    await vi.advanceTimersByTimeAsync(500)
    expect(model.selectedId).toBe('C')
    expect(flown).toHaveBeenCalledTimes(1)
    model.use(given('A'))
    expect(model.selectedId).toBe('A')
  })

  it('asks for colours and list once a rulebook, however often Python reruns', () => {
    model.use(given(null))
    model.use(given(null))
    expect(asked.filter((path) => path === '/theme')).toHaveLength(1)
    expect(asked.filter((path) => path === '/rank')).toHaveLength(1)
  })
})
