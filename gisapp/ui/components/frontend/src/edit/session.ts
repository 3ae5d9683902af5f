import { type Api, ApiError, explain } from '../api'
import { Basis } from './basis'
import { DraftKeeper } from './drafts'
import { LocalFabric } from './fabric'
import { Frame } from './frame'
import { Conflict, outlinesAfter, rebased } from './conflict'
import { Intents, allocated, extended } from './intents'
import { newId } from './new-id'
import type { Failure } from '../theme'
import { type Asked, Previewer } from './previewer'
import { withVerdictsOf } from './verdicts'
import type { Committed, ConflictLine, DraftBody, FabricAnswer, FindingLine, Intent, Need, Polygons, Preview, Request, Scheme, WhyNow } from './types'

export interface SessionEvents {
  changed(): void
  /** Numbers for a gesture are in hand: `gesture` is when it happened. */
  numbers(gesture: number, answer: Preview): void
  /** The steps are others now. */
  stepped(request: Request): void
}

type Body = Request & { rulebook: string }

/** One edit session: steps on the parcels of one branch, what they would lead to, and how they are committed. */
export class EditSession {
  origin: LocalFabric
  /** The parcels after the steps, with the corners that the server answered. */
  fabric: LocalFabric
  frame: Frame | null
  intents: Intent[] = []
  undone: Intent[] = []
  /** A step under the pointer or in a field, not taken yet. */
  tentative: Intent | null = null
  preview: Preview | null = null
  problem: Failure | null = null
  conflict: Conflict | null = null
  saving = false
  readonly make: Intents
  readonly drafts: DraftKeeper
  private readonly basis = new Basis()
  private readonly wanted = new Map<string, Need>()
  private fresh = false
  private opId = ''
  /** The answer to the steps taken, and which steps those were. */
  private kept: Preview | null = null
  private answeredFor = '[]'
  private shownFor = '[]'
  readonly previewer: Previewer<Body, Preview>

  constructor(
    private readonly api: Api,
    readonly branch: string,
    public seen: number,
    fabric: LocalFabric,
    crs: string,
    readonly rulebook: () => string,
    private readonly events: SessionEvents,
    public focus: string,
    draft: { id: string; body: DraftBody } | null = null,
  ) {
    this.origin = this.fabric = fabric
    this.frame = Frame.of(fabric.points)
    this.make = new Intents(crs, this.frame !== null)
    this.basis.know(fabric)
    this.drafts = new DraftKeeper(api, branch, draft?.id ?? null, () => this.origin.get(this.focus)?.title ?? this.focus, () => events.changed())
    this.previewer = new Previewer(
      (body, judge) => api.post<Preview>('/preview', { ...body, judge }),
      (asked, answer) => this.answered(asked, answer),
      (asked, error) => this.refused(asked, error),
      () => events.changed(),
    )
    if (draft === null) return
    this.basis.take(Object.entries(draft.body.base))
    this.intents = [...draft.body.intents]
    this.make.extend = this.intents.some(({ op, extend }) => op === 'reshape' && extend === true)
    this.ask(performance.now())
  }

  /** Take in the parcels of a place outside of those in hand. */
  async reach(where: { parcel_id?: string; bbox?: string }): Promise<void> {
    const answer = await this.api.get<FabricAnswer>('/edit/fabric', { branch: this.branch, ...where })
    const more = LocalFabric.of(answer.parcels)
    const isNew = [...more.parcels.keys()].some((id) => !this.origin.get(id))
    if (!isNew) return
    this.origin = this.origin.joined(more)
    this.basis.know(more)
    this.frame = Frame.of(this.origin.points) ?? this.frame
    this.fabric = this.origin.after(this.kept?.parcels ?? [])
    this.events.changed()
  }

  get request(): Request {
    return { branch: this.branch, seen: this.seen, base: this.basis.of(this.intents, this.preview), intents: this.intents }
  }

  /** Sum fields that wait for the user, also those of which only some parts have been given. */
  get needs(): Need[] {
    return [...this.wanted.values()].filter((need) => need.parts.some((part) => this.fabric.get(part)))
  }

  /** Whether the numbers in hand are those of the steps taken, with nothing under way. */
  get settled(): boolean {
    return this.answeredFor === JSON.stringify(this.intents)
  }

  get canSave(): boolean {
    return this.intents.length > 0 && this.settled && this.kept?.ok === true && this.conflict === null && !this.saving
  }

  /** Look at what a step would lead to, without taking it; null ends the attempt. */
  attempt(intent: Intent | null, gesture = performance.now()): void {
    if (intent === null && this.tentative === null) return
    this.tentative = intent
    this.problem = null
    this.ask(gesture)
    this.events.changed()
  }

  /** Take a step. */
  push(intent: Intent, gesture = performance.now()): void {
    this.fresh = true
    this.replace([...this.intents, intent], gesture)
  }

  /** Give one part its share of a sum field, or take it back. */
  allocate(id: string, field: string, value: number | null): void {
    this.replace(allocated(this.intents, this.make.values([id], { [field]: value })))
  }

  /** Say whether land may come to the parcels or leave them, as at a street. */
  allow(extend: boolean): void {
    this.make.extend = extend
    this.replace(extended(this.intents, extend))
  }

  private replace(intents: Intent[], gesture = performance.now()): void {
    this.intents = intents
    this.undone = []
    this.stepped(gesture)
  }

  undo(): boolean {
    const last = this.intents.at(-1)
    if (last === undefined) return false
    this.intents = this.intents.slice(0, -1)
    this.undone = [...this.undone, last]
    this.stepped(performance.now())
    return true
  }

  redo(): boolean {
    const next = this.undone.at(-1)
    if (next === undefined) return false
    this.undone = this.undone.slice(0, -1)
    this.intents = [...this.intents, next]
    this.stepped(performance.now())
    return true
  }

  private stepped(gesture: number): void {
    this.tentative = null
    this.problem = null
    this.opId = ''
    this.ask(gesture)
    const { base } = this.request
    this.drafts.keep({ seen: this.seen, base, intents: this.intents, focus: this.focus })
    this.events.stepped(this.request)
    this.events.changed()
  }

  /** Ask again, for another rulebook. */
  again(): void {
    this.shownFor = this.answeredFor = ''
    this.ask(performance.now())
  }

  private ask(gesture: number): void {
    const intents = this.tentative ? [...this.intents, this.tentative] : this.intents
    const asked = JSON.stringify(intents)
    if (asked === this.answeredFor && this.kept) {
      this.preview = this.kept
      if (!this.kept.judged) this.inquire(intents, asked, gesture)
    } else if (asked !== this.shownFor || this.previewer.busy) return this.inquire(intents, asked, gesture)
    if (this.tentative === null) this.settle(asked)
  }

  private inquire(intents: Intent[], asked: string, gesture: number): void {
    if (intents.length > 0) return this.previewer.ask({ ...this.request, base: this.basis.of(intents, this.preview), intents, rulebook: this.rulebook() }, gesture)
    this.preview = this.kept = null
    this.shownFor = this.answeredFor = asked
    this.fabric = this.origin
  }

  /** The numbers in hand are those of the steps taken. */
  private settle(asked: string): void {
    this.shownFor = asked
    this.kept = this.preview
    this.answeredFor = asked
    this.fresh = false
    this.fabric = this.origin.after(this.kept?.parcels ?? [])
  }

  private answered({ body, gesture }: Asked<Body>, answer: Preview): void {
    const asked = JSON.stringify(body.intents)
    const settled = asked === JSON.stringify(this.intents)
    // An answer to what has been given up meanwhile says nothing any more.
    if (!settled && this.tentative === null) return
    if (this.intents.length === 0 && this.tentative === null) return
    this.preview = answer.judged ? answer : withVerdictsOf(this.preview, answer)
    this.problem = null
    this.basis.learn(answer)
    for (const need of answer.needs) this.wanted.set(`${need.parcel_id}/${need.field}`, need)
    this.shownFor = asked
    if (settled) this.settle(asked)
    this.events.changed()
    this.events.numbers(gesture, answer)
  }

  /** A step that cannot even be tried is not taken; steps taken earlier (a draft) stay until the user takes them back. */
  private refused({ body }: Asked<Body>, error: unknown): void {
    if (error instanceof ApiError && error.status === 409) {
      this.tentative = null
      this.failed(error)
      return this.events.changed()
    }
    const isLast = JSON.stringify(body.intents) === JSON.stringify(this.intents)
    const isRefused = error instanceof ApiError && error.status === 422
    if (isLast && isRefused && this.fresh && this.tentative === null) {
      this.fresh = false
      this.intents = this.intents.slice(0, -1)
      this.stepped(performance.now())
    }
    this.problem = explain(error)
    this.events.changed()
  }

  /** Commit all steps; null if it did not come to pass, which `problem` or `conflicts` then explain. */
  async commit(reason: WhyNow, scheme: Scheme | null): Promise<Committed | null> {
    if (!this.canSave) return null
    this.saving = true
    this.problem = null
    // The same number for the same steps: a commit whose answer was lost is not applied twice.
    this.opId ||= newId()
    this.events.changed()
    try {
      const body = { ...this.request, rulebook: this.rulebook(), reason, op_id: this.opId, ...(scheme ? { scheme } : {}) }
      const done = await this.api.post<Committed>('/commit', body)
      this.saving = false
      return done
    } catch (error) {
      this.saving = false
      this.failed(error)
      this.events.changed()
      return null
    }
  }

  private failed(error: unknown): void {
    this.problem = explain(error)
    if (!(error instanceof ApiError)) return
    const body = error.body as { conflicts?: ConflictLine[]; findings?: FindingLine[] } | null
    if (error.status === 409 && body?.conflicts) {
      this.conflict = new Conflict(body.conflicts, this.mine(), new Set(this.intents.flatMap((intent) => intent.parcel_ids)), () => this.events.changed())
    }
    if (error.status === 422 && body?.findings && this.kept) this.preview = this.kept = { ...this.kept, ok: false, findings: body.findings }
  }

  /** Go on from what the other one has committed, with my outlines where I insist on them. */
  async rebase(): Promise<void> {
    const { conflict } = this
    if (conflict === null || conflict.undecided > 0) return
    const intents = rebased(this.intents, conflict.mine, conflict.contested, this.make)
    try {
      for (const parcel_id of new Set([this.focus, ...conflict.present])) await this.renew(parcel_id)
    } catch (error) {
      this.problem = explain(error)
      return this.events.changed()
    }
    this.basis.take(conflict.lines.map((line) => [line.parcel_id, line.current_version]))
    this.preview = this.kept = this.conflict = null
    // What was answered before was about parcels that are others now.
    this.shownFor = this.answeredFor = ''
    this.fabric = this.origin
    this.replace(intents)
  }

  /** My outlines: what the server answered, and the steps that it has not answered put onto it here. */
  private mine(): Map<string, Polygons> {
    const done = (JSON.parse(this.answeredFor || '[]') as Intent[]).length
    return outlinesAfter(this.intents.slice(done), this.fabric, this.origin, this.frame)
  }

  /** Take the parcels around one as they are now. */
  private async renew(parcel_id: string): Promise<void> {
    const answer = await this.api.get<FabricAnswer>('/edit/fabric', { branch: this.branch, parcel_id })
    const theirs = LocalFabric.of(answer.parcels)
    this.origin = theirs.joined(this.origin)
    this.seen = answer.revision
    this.basis.take([...theirs.parcels.values()].map((parcel) => [parcel.parcel_id, parcel.version]))
  }

  /** End the session; what is not committed is gone, draft and all. */
  async end(): Promise<void> {
    this.previewer.stop()
    await this.drafts.drop()
  }
}
