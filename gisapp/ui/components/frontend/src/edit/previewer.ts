import { ApiError } from '../api'

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000

/** No connection, a token that is being renewed, a server that is being started: it says nothing about the question. */
const PASSING = [0, 401, 502, 503, 504]
const isPassing = (error: unknown): boolean => error instanceof ApiError && PASSING.includes(error.status)

export interface Asked<Body> {
  body: Body
  /** When the gesture happened that led to this question (performance.now). */
  gesture: number
}

/** Asks for one thing at a time: while one question is under way, only the newest of the others is kept. */
export class Previewer<Body, Answer> {
  private running = false
  private queued: Asked<Body> | null = null
  private timer = 0
  private patience = FIRST_RETRY_MS
  private stopped = false
  /** Since when there is no connection; null while there is one. */
  offline = false

  constructor(
    private readonly send: (body: Body) => Promise<Answer>,
    private readonly answered: (asked: Asked<Body>, answer: Answer) => void,
    private readonly refused: (asked: Asked<Body>, error: unknown) => void,
    private readonly changed: () => void,
  ) {}

  get busy(): boolean {
    return this.running || this.queued !== null
  }

  ask(body: Body, gesture: number): void {
    this.queued = { body, gesture }
    if (!this.running && !this.timer) void this.next()
  }

  /** Forget what waits; an answer under way is dropped. */
  stop(): void {
    this.stopped = true
    this.queued = null
    clearTimeout(this.timer)
    this.timer = 0
  }

  private async next(): Promise<void> {
    this.running = true
    while (this.queued !== null && !this.timer) {
      const asked: Asked<Body> = this.queued
      this.queued = null
      try {
        const answer = await this.send(asked.body)
        if (this.stopped) return
        this.online()
        this.answered(asked, answer)
      } catch (error) {
        if (this.stopped) return
        if (isPassing(error)) this.wait(asked)
        else {
          this.online()
          this.refused(asked, error)
        }
      }
    }
    this.running = false
    this.changed()
  }

  private online(): void {
    this.patience = FIRST_RETRY_MS
    this.offline = false
  }

  /** No connection: ask the newest question again, less and less often. */
  private wait(asked: Asked<Body>): void {
    this.queued ??= asked
    this.offline = true
    this.timer = setTimeout(() => {
      this.timer = 0
      void this.next()
    }, this.patience) as unknown as number
    this.patience = Math.min(2 * this.patience, LAST_RETRY_MS)
    this.changed()
  }
}
