import type { Api } from '../api'
import type { DraftBody } from './types'

const PAUSE_MS = 400

/** Keeps what is not committed yet as a draft in the store, shortly after each step and when the page goes away. */
export class DraftKeeper {
  private timer = 0
  private pending: DraftBody | null = null
  private running: Promise<void> = Promise.resolve()
  private ended = false
  failed = false
  savedAt: string | null = null

  constructor(
    private readonly api: Api,
    private readonly branch: string,
    public id: string | null,
    private readonly title: () => string,
    private readonly changed: () => void,
  ) {}

  /** Keep this state soon; a later one within the pause replaces it. */
  keep(body: DraftBody): void {
    this.pending = body
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), PAUSE_MS) as unknown as number
  }

  flush(): void {
    this.running = this.running.then(() => this.save(false))
  }

  /** The page goes away: send at once what waits, in a request that outlives it. */
  leave(): void {
    clearTimeout(this.timer)
    void this.save(true)
  }

  private async save(keepalive: boolean): Promise<void> {
    const body = this.pending
    if (body === null || this.ended) return
    this.pending = null
    try {
      const { id, updated_at } = await this.api.post<{ id: string; updated_at: string }>(
        '/edit/draft', { ...(this.id === null ? {} : { id: this.id }), branch: this.branch, title: this.title(), body }, { keepalive })
      this.id = id
      this.savedAt = updated_at
      this.failed = false
    } catch {
      this.failed = true
      if (!this.ended && this.pending === null) this.keep(body)
    }
    this.changed()
  }

  /** The session is over, committed or given up: no draft is left. */
  async drop(): Promise<void> {
    this.ended = true
    this.pending = null
    clearTimeout(this.timer)
    await this.running
    if (this.id !== null) await this.api.delete(`/edit/draft/${encodeURIComponent(this.id)}`).catch(() => null)
  }
}
