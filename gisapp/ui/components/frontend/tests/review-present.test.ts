import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../src/api'
import type { DeskHost, View } from '../src/parts'
import type { Layers } from '../src/review/layers'
import { Present } from '../src/review/present'
import { data } from './sample'

describe('the branch and date that are shown', () => {
  const get = vi.fn()
  const register = vi.fn(async () => {})
  let view: View | null
  let present: Present

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('window', Object.assign(new EventTarget(), { setTimeout, clearTimeout }))
    view = null
    get.mockReset()
    get.mockImplementation(async (path: string, query: { branch: string; date?: string }) =>
      path === '/edit/asof'
        ? { revision: 3, count: 7, version: `v-${query.date}`, made_at: null, date: query.date }
        : { branch: query.branch, head: 9, count: 8, version: query.branch === 'official' ? 'v1' : 'v-s', branches: [], earliest: '2026-09-01', latest: '2026-11-23', newest: {} })
    const model = {
      get view() { return view },
      get branch() { return view?.branch ?? 'official' },
      setView: (next: View | null) => { view = next },
    }
    const desk = { data: data(), model, api: { get }, redraw: () => {}, toast: vi.fn() } as unknown as DeskHost
    present = new Present(desk, { register } as unknown as Layers)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const asked = () => get.mock.calls.filter(([path]) => path === '/edit/asof').map(([, query]) => query.date)

  it('asks once for where a slider comes to rest, and shows that version', async () => {
    for (const date of ['2026-10-01', '2026-10-02', '2026-10-03']) present.look(date)
    await vi.runAllTimersAsync()
    expect(asked()).toEqual(['2026-10-03'])
    expect(view).toEqual({ branch: 'official', version: 'v-2026-10-03', date: '2026-10-03', revision: 3, count: 7 })
  })
  it('comes back to what Python knows', async () => {
    present.look('2026-10-03')
    await vi.runAllTimersAsync()
    present.look(null)
    await vi.runAllTimersAsync()
    expect(view).toBeNull()
    expect(present.wanted).toBeNull()
  })
  it('stays where it was when a date is refused, and says why', async () => {
    get.mockRejectedValueOnce(new ApiError(422, '太早', '换一天'))
    present.look('2026-09-01')
    await vi.runAllTimersAsync()
    expect([present.wanted, present.trouble, view]).toEqual([null, '太早 · 换一天', null])
  })
  it('shows a scheme at its head and tells the editor', async () => {
    const heard = vi.fn()
    window.addEventListener('gisapp:branch', (event) => heard((event as CustomEvent).detail))
    await present.choose('s1')
    expect(view).toEqual({ branch: 's1', version: 'v-s', date: null, revision: 9, count: 8 })
    expect(heard).toHaveBeenCalledWith({ branch: 's1' })
    expect(register).toHaveBeenLastCalledWith('s1', 9, false)
  })
})
