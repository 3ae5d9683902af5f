import { ApiError, explain } from '../api'
import { number } from '../format'
import { type DeskHost, OFFICIAL, type Part } from '../parts'
import { t } from '../texts'
import type { ParcelCard } from '../types'
import { targetOf } from '../review/shapes'
import { painted } from './clock'
import { type Conflict, outlinesOf } from './conflict'
import { newId } from './new-id'
import { openSession } from './open-session'
import { reasonFor } from './reason-for'
import type { EditSession } from './session'
import { Toolbox } from './toolbox'
import type { Committed, ConflictLine, DraftBody, DraftLine, EditState, Rev, Scheme } from './types'

export const COMMITTED = 'gisapp:committed'
export const BRANCH = 'gisapp:branch'
export const INTENTS = 'gisapp:intents'
export const PICKED = 'gisapp:picked'

export type Dialog = 'none' | 'reason' | 'discard'

export interface ReasonForm {
  code: string
  text: string
  document: string
  /** Name of an open scheme, or empty for a new one. */
  scheme: string
  title: string
}

/** Editing on the desk: whether there is a session, which tool is in hand, and what is being asked. */
export class Editor extends EventTarget {
  state: EditState | null = null
  session: EditSession | null = null
  readonly tools: Toolbox
  dialog: Dialog = 'none'
  reason: ReasonForm = { code: '', text: '', document: '', scheme: '', title: '' }
  /** The card of the parcel with which the session began: titles of its fields. */
  card: ParcelCard | null = null
  starting = false
  busy = false
  hidden = new Set<string>()
  private told = ''

  constructor(
    readonly desk: DeskHost,
    private readonly part: () => Part,
  ) {
    super()
    this.tools = new Toolbox(this)
  }

  /** Draw what depends on editing: the panel and the sketch at once, the desk with its next frame. */
  readonly changed = (): void => {
    this.dispatchEvent(new Event('change'))
  }

  private redraw(): void {
    this.changed()
    this.desk.redraw()
  }

  get enabled(): boolean {
    return this.desk.data.edit?.enabled === true
  }

  /** Read the state of the branch that is shown: what can be undone, drafts, reasons, schemes. */
  load(): Promise<void> {
    this.reading = this.read()
    return this.reading
  }

  private reading: Promise<void> = Promise.resolve()

  private async read(): Promise<void> {
    if (!this.enabled) return
    const branch = this.desk.model.branch
    try {
      const state = await this.desk.api.get<EditState>('/edit/state', { branch })
      if (branch !== this.desk.model.branch) return
      this.state = state
      this.reason.code ||= state.reasons[0]?.code ?? ''
    } catch (error) {
      if (this.state === null && error instanceof ApiError && error.status !== 404) this.desk.toast(explain(error).message, 'bad')
    }
    this.redraw()
  }

  used(): void {
    const key = `${this.enabled}/${this.desk.data.lang}`
    if (this.told === key) return
    this.told = key
    void this.load()
  }

  /** Begin to edit a parcel, or go on with a draft. */
  async begin(id: string, draft: { id: string; body: DraftBody } | null = null): Promise<void> {
    const { model, data } = this.desk
    if (this.session || this.starting) return
    if (!this.enabled) return this.desk.toast(data.edit?.why ?? t('此处不能编辑'), 'bad')
    if (model.view?.date) return this.desk.toast(t('正在查看历史日期，只读；回到当前再编辑'), 'bad')
    if (!this.desk.makeRoom(this.part())) return
    this.starting = true
    this.redraw()
    try {
      const session = await openSession(this.desk, id, {
        changed: () => {
          this.tools.keepFocus()
          this.meet()
          this.changed()
        },
        numbers: painted,
        stepped: (request) => window.dispatchEvent(new CustomEvent(INTENTS, { detail: request })),
      }, draft)
      this.card = model.card.state === 'ready' && model.card.value.parcel_id === id ? model.card.value : null
      this.session = session
      this.tools.begin(id)
      window.dispatchEvent(new CustomEvent(INTENTS, { detail: session.request }))
      model.editing = true
      model.hoverFid = null
      model.note = null
      this.dialog = 'none'
    } catch (error) {
      const { message, action } = explain(error)
      this.desk.toast(`${message} · ${action}`, 'bad')
    }
    this.starting = false
    this.redraw()
    this.comeNear(id)
  }

  private met: Conflict | null = null

  /** Show the place of a conflict when it comes up. */
  private meet(): void {
    const conflict = this.session?.conflict ?? null
    if (conflict === this.met) return
    this.met = conflict
    if (conflict) this.look(conflict.lines)
  }

  /** Bring the outlines of a conflict, or of a part of it, into view. */
  look(lines: readonly ConflictLine[]): void {
    const target = targetOf(outlinesOf(lines))
    if (target) this.desk.map?.go(target)
  }

  /** Bring the parcel so near that its corners can be told apart. */
  private comeNear(id: string): void {
    const map = this.desk.map?.map
    const corners = this.session?.origin.get(id)?.polygons.flat(2) ?? []
    if (!map || corners.length === 0) return
    const [lons, lats] = [corners.map((corner) => corner[2]), corners.map((corner) => corner[3])]
    const box: [number, number, number, number] = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    map.fitBounds(box, { padding: 110, maxZoom: 18, duration: still ? 0 : 450 })
  }

  async resume(draft: DraftLine): Promise<void> {
    try {
      const { body } = await this.desk.api.get<{ body: DraftBody }>(`/edit/draft/${encodeURIComponent(draft.id)}`)
      if (draft.branch !== this.desk.model.branch) await this.turn(draft.branch)
      await this.desk.model.select(body.focus, null, false)
      await this.begin(body.focus, { id: draft.id, body })
    } catch (error) {
      this.desk.toast(explain(error).message, 'bad')
    }
  }

  /** Turn the desk to another branch. */
  private async turn(branch: string): Promise<void> {
    const state = await this.desk.api.get<EditState>('/edit/state', { branch })
    this.desk.model.setView({ branch, version: state.version, date: null, revision: state.head, count: state.count })
    window.dispatchEvent(new CustomEvent(BRANCH, { detail: { branch } }))
  }

  async giveUp(draft: DraftLine): Promise<void> {
    try {
      await this.desk.api.delete(`/edit/draft/${encodeURIComponent(draft.id)}`)
      if (this.state) this.state = { ...this.state, drafts: this.state.drafts.filter(({ id }) => id !== draft.id) }
    } catch (error) {
      this.desk.toast(explain(error).message, 'bad')
    }
    this.redraw()
  }

  /** Put the question of what is unsaved aside without deciding it. */
  later(draft: DraftLine): void {
    this.hidden.add(draft.id)
    this.redraw()
  }

  ask(dialog: Dialog): void {
    this.dialog = dialog
    this.redraw()
  }

  /** Ask for the reason, once there is something to save. */
  save(): void {
    const { session } = this
    if (!session || session.intents.length === 0 || session.conflict) return
    if (session.settled && session.preview?.ok === false) return this.desk.toast(t('先消除错误再保存'), 'bad')
    this.reason.code = reasonFor(session.intents, this.state) ?? this.reason.code
    this.ask('reason')
  }

  /** Commit with the reason of the form, once the numbers of the last step are in. */
  async commit(): Promise<void> {
    const { session, reason } = this
    if (!session || session.saving) return
    await this.settled(session)
    if (this.session !== session) return
    if (!session.canSave) {
      this.desk.toast(session.problem?.message ?? t('先消除错误再保存'), 'bad')
      return this.ask('none')
    }
    const { code, text, document } = reason
    const scheme: Scheme | null = session.preview?.target.forced ? (reason.scheme ? { name: reason.scheme } : { title: reason.title || this.schemeTitle }) : null
    const after = session.preview?.parcels.filter((parcel) => parcel.status !== 'gone') ?? []
    const survivors = after.map((parcel) => parcel.parcel_id)
    const done = await session.commit({ code, text: text.trim(), ...(document.trim() ? { document: document.trim() } : {}) }, scheme)
    if (done === null) return this.ask(session.conflict ? 'none' : 'reason')
    const next = survivors.includes(session.focus) ? session.focus : (done.descent.find(([parent]) => parent === session.focus)?.[1] ?? survivors[0] ?? null)
    this.close(session)
    this.reason = { ...reason, text: '', document: '', title: '' }
    this.desk.model.standIn = after.find((parcel) => parcel.parcel_id === next)?.geometry ?? null
    this.adopt(done, next)
    this.desk.toast(t('已保存为版本 {revision}：{summary}', { revision: number(done.revision), summary: done.summary }))
  }

  get schemeTitle(): string {
    return t('拟调整方案 {name}', { name: this.card?.name ?? this.session?.focus ?? '' })
  }

  private settled(session: EditSession): Promise<void> {
    return this.until(session, () => session.settled || !session.previewer.busy)
  }

  /** Wait until nothing that was asked for a session is under way. */
  answered(session: EditSession): Promise<void> {
    return this.until(session, () => !session.previewer.busy)
  }

  private until(session: EditSession, isTrue: () => boolean): Promise<void> {
    if (isTrue()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = () => {
        if (this.session === session && !isTrue()) return
        this.removeEventListener('change', look)
        resolve()
      }
      this.addEventListener('change', look)
    })
  }

  /** Show the state that a commit, an undo or a redo led to. */
  private adopt(done: Committed, select: string | null, fly = false): void {
    const { model } = this.desk
    const before = model.version
    model.selectedId = select
    // The old numbers are not shown for the new state, however long the new ones take.
    model.card = { state: 'loading' }
    const isKnown = done.branch === OFFICIAL && done.version === model.data.version
    model.setView(isKnown ? null : { branch: done.branch, version: done.version, date: null, revision: done.revision, count: done.count })
    if (select === null || fly || model.version === before) void model.select(select, null, fly)
    // What can be taken back now is not known before it has been read.
    if (this.state) this.state = { ...this.state, undo: null, redo: null }
    window.dispatchEvent(new CustomEvent(COMMITTED, { detail: { revision: done.revision, branch: done.branch, version: done.version, parcels: done.parcels } }))
  }

  /** Other parts count what is picked (the balance table). */
  tellPicked(ids: string[]): void {
    window.dispatchEvent(new CustomEvent(PICKED, { detail: { ids } }))
  }

  private close(session: EditSession): void {
    this.session = null
    this.dialog = 'none'
    this.desk.model.editing = false
    this.tools.end()
    if (session.drafts.id !== null) this.hidden.add(session.drafts.id)
    void session.end().then(() => this.load())
    this.tellPicked([])
    window.dispatchEvent(new CustomEvent(INTENTS, { detail: null }))
    this.redraw()
  }

  /** Leave the session; steps that are not saved are asked about first. */
  leave(): void {
    const { session } = this
    if (!session) return
    if (session.intents.length > 0 && this.dialog !== 'discard') return this.ask('discard')
    this.close(session)
    if (this.desk.model.selectedId === null) return
    void this.desk.model.select(this.desk.model.selectedId, null, false)
  }

  undo(): void {
    const { session } = this
    if (!session) return this.turnLater('undo')
    if (!session.undo()) this.desk.toast(t('这次编辑没有可撤销的步骤'))
    this.tools.reset()
  }

  redo(): void {
    const { session } = this
    if (!session) return this.turnLater('redo')
    if (!session.redo()) this.desk.toast(t('这次编辑没有可重做的步骤'))
    this.tools.reset()
  }

  private turns: Promise<void> = Promise.resolve()
  private waiting = 0

  /** Take back or redo in the order asked for, each on what the one before it led to. */
  private turnLater(which: 'undo' | 'redo'): void {
    if (!this.enabled) return
    if (this.desk.model.view?.date) return this.desk.toast(t('正在查看历史日期，只读；回到当前再编辑'), 'bad')
    if (this.waiting > 0) this.desk.toast(which === 'undo' ? t('上一次操作还没有完成，完成后接着撤销') : t('上一次操作还没有完成，完成后接着重做'))
    this.waiting += 1
    this.turns = this.turns.then(async () => {
      await this.reading
      if (this.session === null) await this.turnBack(which, this.state?.[which] ?? null)
      await this.reading
      this.waiting -= 1
    })
  }

  /** Take back what was committed, or commit it again: a new revision either way. */
  private async turnBack(which: 'undo' | 'redo', rev: Rev | null): Promise<void> {
    if (rev === null) return this.desk.toast(which === 'undo' ? t('没有可撤销的版本') : t('没有可重做的版本'))
    this.busy = true
    this.redraw()
    try {
      const done = await this.desk.api.post<Committed>(`/edit/${which}`, { branch: rev.branch, revision: rev.revision, op_id: newId() })
      const { selectedId } = this.desk.model
      this.adopt(done, standing(rev, which, selectedId), selectedId === null)
      this.desk.toast(`${which === 'undo' ? t('已撤销版本 {revision}', { revision: number(rev.revision) }) : t('已重做版本 {revision}', { revision: number(rev.revision) })} · ${rev.summary}`)
    } catch (error) {
      const { message, action } = explain(error)
      this.desk.toast(`${message} · ${action}`, 'bad')
      void this.load()
    }
    this.busy = false
    this.redraw()
  }
}

/** Ids that no register knows yet: parts of a split, the whole of a merge. */
const PROVISIONAL = /^\u62df-/

/** Return a parcel of a revision that is there once it has been taken back, or made again. */
function standing({ parcels }: Rev, which: 'undo' | 'redo', selected: string | null): string | null {
  const made = parcels.filter((id) => PROVISIONAL.test(id))
  const there = which === 'redo' && made.length > 0 ? made : parcels.filter((id) => !made.includes(id))
  return selected !== null && (there.includes(selected) || !parcels.includes(selected)) ? selected : (there[0] ?? null)
}
