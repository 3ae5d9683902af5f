import type { ReactiveControllerHost } from 'lit'
import { explain } from '../api'
import type { Loaded } from '../types'

/** One question of a panel: the answer to the latest key wins, an older one is dropped. */
export class Ask<T> {
  answer: Loaded<T> = { state: 'none' }
  /** Whether a newer answer is on its way while the last one is still shown. */
  busy = false
  private key: string | null = null
  private running: AbortController | null = null
  private timer = 0
  private fetch: ((signal: AbortSignal) => Promise<T>) | null = null

  constructor(private readonly host: ReactiveControllerHost) {}

  /** Ask when `key` differs from the last one; null forgets. `keep` shows the last answer meanwhile; `pause` waits [ms]. */
  put(key: string | null, fetch: (signal: AbortSignal) => Promise<T>, keep = false, pause = 0): void {
    if (key === this.key) return
    this.key = key
    this.fetch = fetch
    this.stop()
    if (key === null) {
      this.answer = { state: 'none' }
      return
    }
    if (!keep || this.answer.state !== 'ready') this.answer = { state: 'loading' }
    this.busy = true
    if (pause > 0) this.timer = window.setTimeout(() => void this.run(), pause)
    else void this.run()
  }

  /** Ask the same again, after a failure or a change elsewhere. */
  again(): void {
    if (this.key === null) return
    this.stop()
    this.answer = { state: 'loading' }
    this.busy = true
    this.host.requestUpdate()
    void this.run()
  }

  stop(): void {
    window.clearTimeout(this.timer)
    this.running?.abort()
    this.running = null
    this.busy = false
  }

  private async run(): Promise<void> {
    const running = (this.running = new AbortController())
    try {
      const value = await this.fetch!(running.signal)
      if (this.running === running) this.answer = { state: 'ready', value }
    } catch (error) {
      if (this.running === running) this.answer = { state: 'failed', ...explain(error) }
    }
    if (this.running !== running) return
    this.busy = false
    this.running = null
    this.host.requestUpdate()
  }

  get value(): T | null {
    return this.answer.state === 'ready' ? this.answer.value : null
  }
}
