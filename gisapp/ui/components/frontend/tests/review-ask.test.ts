import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../src/api'
import { Ask } from '../src/review/ask'

describe('a question of a panel', () => {
  const redrawn = vi.fn()
  let ask: Ask<string>
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('window', globalThis)
    redrawn.mockReset()
    ask = new Ask<string>({ requestUpdate: redrawn } as never)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const later = (value: string, ms: number) => () => new Promise<string>((resolve) => setTimeout(() => resolve(value), ms))

  it('is asked once for one key', async () => {
    const fetch = vi.fn(async () => 'a')
    ask.put('k', fetch)
    ask.put('k', fetch)
    await vi.runAllTimersAsync()
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(ask.answer).toEqual({ state: 'ready', value: 'a' })
    expect(redrawn).toHaveBeenCalledTimes(1)
  })
  it('keeps the answer to the latest key when an older one comes later', async () => {
    ask.put('old', later('old', 500))
    ask.put('new', later('new', 100))
    await vi.runAllTimersAsync()
    expect(ask.value).toBe('new')
  })
  it('shows the last answer while the next is on its way, if told to', async () => {
    ask.put('a', async () => 'a')
    await vi.runAllTimersAsync()
    ask.put('b', later('b', 100), true)
    expect([ask.value, ask.busy]).toEqual(['a', true])
    ask.put('c', later('c', 100))
    expect(ask.answer.state).toBe('loading')
    await vi.runAllTimersAsync()
    expect([ask.value, ask.busy]).toEqual(['c', false])
  })
  it('waits for a pause before it asks', async () => {
    const fetch = vi.fn(async () => 'x')
    ask.put('1', fetch, true, 250)
    ask.put('2', fetch, true, 250)
    await vi.advanceTimersByTimeAsync(240)
    expect(fetch).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(20)
    expect(fetch).toHaveBeenCalledTimes(1)
  })
  it('says what went wrong and asks again', async () => {
    const fetch = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new ApiError(422, '没有', '换一个')).mockResolvedValueOnce('ok')
    ask.put('k', fetch)
    await vi.runAllTimersAsync()
    expect(ask.answer).toEqual({ state: 'failed', message: '没有', action: '换一个' })
    ask.again()
    await vi.runAllTimersAsync()
    expect(ask.value).toBe('ok')
  })
})
