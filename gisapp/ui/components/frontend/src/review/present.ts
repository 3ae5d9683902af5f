import { explain } from '../api'
import { type DeskHost, OFFICIAL } from '../parts'
import { t } from '../texts'
import type { FaceData } from '../types'
import type { Layers } from './layers'
import type { AsOfAnswer, Branch, EditState, Rev } from './types'
import { type Tick, dayOf, ticksOf } from './when'

const SLIDE_PAUSE_MS = 180
const MANY = 500

/** Which branch and date the map shows, and what there is to choose from. */
export class Present {
  state: EditState | null = null
  /** Date asked for; the map follows once the server has answered. */
  wanted: string | null = null
  busy = false
  trouble: string | null = null
  revision: number | null = null
  stamp = ''
  private log: Rev[] = []
  private loggedOf = ''
  private timer = 0
  private count = 0
  private asking = 0

  constructor(
    private readonly desk: DeskHost,
    private readonly layers: Layers,
  ) {}

  /** Whether nothing was ever recorded, so that there is nothing to compare or look back at. */
  get bare(): boolean {
    return this.state !== null && this.state.newest === null
  }

  get branches(): Branch[] | null {
    return this.state?.branches ?? null
  }

  /** Name of the branch that is shown. */
  get title(): string {
    const { branch } = this.desk.model
    return branch === OFFICIAL ? t('现状库') : (this.branches?.find((item) => item.name === branch)?.title ?? branch)
  }

  get span(): { earliest: string; latest: string } {
    const today = dayOf(new Date().toISOString())
    return { earliest: this.state?.earliest ?? today, latest: this.state?.latest ?? today }
  }

  private ticked: { log: Rev[]; earliest: string; latest: string; ticks: Tick[] } | null = null

  get ticks(): Tick[] {
    const { earliest, latest } = this.span
    const kept = this.ticked
    if (kept?.log !== this.log || kept.earliest !== earliest || kept.latest !== latest)
      this.ticked = { log: this.log, earliest, latest, ticks: ticksOf(this.log, earliest, latest) }
    return this.ticked?.ticks ?? []
  }

  used(data: FaceData): void {
    const stamp = `${data.version}/${data.lang}/${this.count}`
    if (stamp === this.stamp) return
    this.stamp = stamp
    void this.read(this.desk.model.branch)
  }

  need(): void {
    if (this.state === null) void this.read(this.desk.model.branch)
  }

  /** Something was recorded, here or elsewhere: read anew. */
  renew(): void {
    this.count += 1
    this.stamp = `${this.desk.data.version}/${this.desk.data.lang}/${this.count}`
    if (this.desk.model.view?.date === null || this.desk.model.view === null) this.wanted = null
    void this.read(this.desk.model.branch)
    if (this.loggedOf !== '') this.needTicks()
  }

  private async read(branch: string): Promise<EditState | null> {
    const asking = (this.asking += 1)
    const state = await this.desk.api.get<EditState>('/edit/state', { branch }).catch(() => null)
    if (state === null || asking !== this.asking) return state
    this.state = state
    void this.layers.register(branch, state.head, this.wanted !== null)
    this.desk.redraw()
    return state
  }

  needTicks(): void {
    const key = `${this.desk.model.branch}/${this.stamp}`
    if (key === this.loggedOf) return
    this.loggedOf = key
    void this.desk.api
      .get<{ revisions: Rev[] }>('/edit/log', { branch: this.desk.model.branch, limit: MANY })
      .then(({ revisions }) => {
        this.log = revisions
        this.desk.redraw()
      })
      .catch(() => { this.loggedOf = '' })
  }

  /** Show a branch at its head. */
  async choose(branch: string): Promise<void> {
    this.wanted = null
    this.trouble = null
    const state = await this.read(branch)
    if (state === null) return this.desk.toast(t('没有读到这个方案，请重试'), 'bad')
    this.head(state)
    this.needTicksAgain()
    window.dispatchEvent(new CustomEvent('gisapp:branch', { detail: { branch } }))
  }

  private needTicksAgain(): void {
    if (this.loggedOf !== '') this.needTicks()
  }

  private head(state: EditState): void {
    const same = state.branch === OFFICIAL && state.version === this.desk.data.version
    this.desk.model.setView(same ? null : { branch: state.branch, version: state.version, date: null, revision: state.head, count: state.count })
  }

  /** Make or close a scheme, then show it or the official branch. */
  async scheme(path: string, body: { title?: string | undefined; name?: string | undefined }): Promise<void> {
    const made = await this.desk.api.post<{ name?: string; branch?: { name: string } }>(path, body)
    const name = made.name ?? made.branch?.name
    await this.choose(body.name === undefined && name !== undefined ? name : OFFICIAL)
  }

  /** Show the map as it was on a date, or at present (null); a slider moves faster than the server answers. */
  look(date: string | null): void {
    this.wanted = date
    this.trouble = null
    window.clearTimeout(this.timer)
    this.busy = true
    this.timer = window.setTimeout(() => void this.turn(date), date === null ? 0 : SLIDE_PAUSE_MS)
    this.desk.redraw()
  }

  private async turn(date: string | null): Promise<void> {
    const { branch } = this.desk.model
    try {
      if (date === null) {
        const state = await this.read(branch)
        this.revision = null
        if (state !== null && this.wanted === null) this.head(state)
      } else {
        const answer = await this.desk.api.get<AsOfAnswer>('/edit/asof', { branch, date })
        if (this.wanted !== date) return
        this.revision = answer.revision
        this.desk.model.setView({ branch, version: answer.version, date, revision: answer.revision, count: answer.count })
        void this.layers.register(branch, 0, true)
      }
    } catch (error) {
      if (this.wanted !== date) return
      const { message, action } = explain(error)
      this.trouble = `${message} · ${action}`
      this.wanted = this.desk.model.view?.date ?? null
    }
    this.busy = false
    this.desk.redraw()
  }
}
