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

/** While gestures follow one another, the verdict is asked for at least this often. */
const VERDICT_EVERY_MS = 300

/**
 * Asks for one thing at a time: while one question is under way, only the newest of the others is kept.
 * Each is asked twice: first what is known at once (areas, findings), then, when no newer one waits, the whole.
 */
export class Previewer<Body, Answer> {
  private running = false
  private queued: Asked<Body> | null = null
  private timer = 0
  private patience = FIRST_RETRY_MS
  private stopped = false
  private judgedAt = -Infinity
  /** Since when there is no connection; null while there is one. */
  offline = false

  constructor(
    private readonly send: (body: Body, judge: boolean) => Promise<Answer>,
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
        if (!(await this.tell(asked, false))) return
        const isDue = performance.now() - this.judgedAt >= VERDICT_EVERY_MS
        if (this.queued !== null && !isDue) continue
        if (!(await this.tell(asked, true))) return
        this.judgedAt = performance.now()
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

  /** Ask and hand the answer on; false when there is nobody to hand it to any more. */
  private async tell(asked: Asked<Body>, judge: boolean): Promise<boolean> {
    const answer = await this.send(asked.body, judge)
    if (this.stopped) return false
    this.online()
    this.answered(asked, answer)
    return true
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
