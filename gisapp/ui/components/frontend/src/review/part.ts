import { type TemplateResult, html, nothing } from 'lit'
import { explain } from '../api'
import { type DeskHost, OFFICIAL, type Overlay, type Part } from '../parts'
import type { Pick } from '../map/pointer'
import type { MapTrouble } from '../map/view'
import { scaleFor } from '../screen'
import { t } from '../texts'
import type { FaceData, ParcelCard } from '../types'
import './balance'
import type { ChipsState, Tool } from './chips'
import './chips'
import './diff'
import './drawer'
import './history'
import './log'
import { Layers } from './layers'
import { Picking } from './picking'
import { Present } from './present'
import type { SchemeWish } from './schemes'
import { type Shape, targetOf } from './shapes'
import { Site } from './site'
import type { StripState } from './strip'
import './strip'
import type { EditSession, HistoryEntry, LineageNode, Recorded } from './types'

type Open = 'history' | 'diff' | 'log' | 'site' | null
type Undoing = { revision: HistoryEntry; resolve(): void; reject(error: unknown): void }
const TITLES = { history: '历史', diff: '比较', log: '版本', site: '红线套合' } as const

/** Review on the desk: history and lineage, past dates, differences, schemes, balance and imagery. */
export class Review implements Part {
  private open: Open = null
  private balance = false
  private asOf = false
  private session: EditSession | null = null
  /** A parcel that is no more, whose history is being read as long as the selection stays. */
  private gone: { node: LineageNode; selected: string | null } | null = null
  private readonly picking: Picking
  private readonly present: Present
  private readonly layers: Layers
  private readonly site: Site

  constructor(private readonly desk: DeskHost) {
    this.layers = new Layers(desk)
    this.picking = new Picking(desk)
    this.site = new Site(desk)
    this.present = new Present(desk, this.layers)
  }

  private readonly committed = (): void => this.present.renew()
  private readonly stepped = (event: Event): void => {
    this.session = (event as CustomEvent<EditSession | null>).detail
    this.desk.redraw()
  }
  private readonly gathered = (event: Event): void => {
    this.picking.follow((event as CustomEvent<{ ids: string[] }>).detail.ids)
  }

  connect(): void {
    window.addEventListener('gisapp:committed', this.committed)
    window.addEventListener('gisapp:intents', this.stepped)
    window.addEventListener('gisapp:picked', this.gathered)
  }

  disconnect(): void {
    window.removeEventListener('gisapp:committed', this.committed)
    window.removeEventListener('gisapp:intents', this.stepped)
    window.removeEventListener('gisapp:picked', this.gathered)
    this.site.cancel()
  }

  used(data: FaceData): void {
    this.present.used(data)
  }

  overlays(): Overlay[] {
    return this.joined(this.layers.overlays(), this.picking.overlays(scaleFor(window.innerWidth)), this.site.overlays(this.open === 'site'))
  }

  private kept: { of: Overlay[][]; all: Overlay[] } = { of: [], all: [] }

  private joined(...of: Overlay[][]): Overlay[] {
    if (of.some((part, i) => part !== this.kept.of[i])) this.kept = { of, all: of.flat() }
    return this.kept.all
  }

  troubled(trouble: MapTrouble): void {
    this.layers.troubled(trouble)
  }

  sketch(): TemplateResult | typeof nothing {
    return this.site.sketch()
  }

  click(pick: Pick, event: MouseEvent | null): boolean {
    if (this.site.click(event)) return true
    if (!this.balance || pick.kind !== 'parcel') return false
    if (event?.shiftKey) {
      void this.picking.toggle(pick)
      return true
    }
    if (this.picking.ids.length > 0) this.picking.clear()
    return false
  }

  private get locked(): boolean {
    return this.session !== null || (this.desk.model.view?.date ?? null) !== null
  }

  chips(): TemplateResult {
    const { desk, present, layers } = this
    const on: Tool[] = [...(this.asOf ? ['asof' as const] : []), ...(this.open !== null && this.open !== 'history' ? [this.open] : []), ...(this.balance ? ['balance' as const] : [])]
    const state: ChipsState = {
      branch: desk.model.branch, branches: present.branches, locked: this.session !== null, on,
      images: desk.data.imagery ?? [], image: layers.image?.id ?? null, opacity: layers.opacity, fill: layers.fill,
    }
    return html`<gis-review-chips .lang=${desk.data.lang} .state=${state}
      @review-tool=${(event: CustomEvent<Tool>) => this.turn(event.detail)}
      @schemes-open=${() => present.renew()} @scheme-choose=${(event: CustomEvent<string>) => void present.choose(event.detail)}
      @scheme-new=${(event: CustomEvent<SchemeWish>) => void this.wish(event.detail, '/edit/branch')}
      @scheme-close=${(event: CustomEvent<SchemeWish>) => void this.wish(event.detail, '/edit/branch/close')}
      @imagery-choose=${(event: CustomEvent<string | null>) => layers.choose(event.detail)}
      @imagery-opacity=${(event: CustomEvent<number>) => layers.fade(event.detail)}
      @imagery-fill=${(event: CustomEvent<number>) => layers.fadeParcels(event.detail)}></gis-review-chips>
      ${this.balance ? this.sheet() : nothing}`
  }

  strip(): TemplateResult | null {
    const { present, layers, desk } = this
    const date = desk.model.view?.date ?? null
    const scheme = desk.model.branch === OFFICIAL ? null : (present.branches?.find((item) => item.name === desk.model.branch) ?? null)
    const state: StripState = {
      asOf: { open: this.asOf, ...present.span, date: present.wanted, ticks: present.ticks, busy: present.busy, trouble: present.trouble, revision: present.revision },
      scheme: date === null ? scheme : null, registered: layers.registeredCount, roles: layers.roles, imagery: layers.image,
    }
    return html`<gis-review-strip .lang=${desk.data.lang} .state=${state}
      @asof-date=${(event: CustomEvent<string | null>) => present.look(event.detail)} @asof-close=${() => this.turn('asof')}
      @scheme-choose=${(event: CustomEvent<string>) => void present.choose(event.detail)}></gis-review-strip>`
  }

  drawer(): TemplateResult | null {
    const { open, desk } = this
    if (open === null) return null
    return html`<gis-drawer class="drawer" .lang=${desk.data.lang} .heading=${t(TITLES[open])} .sub=${this.sub(open)} @drawer-close=${() => this.shut()}
      @review-draw=${(event: CustomEvent<{ shapes: Shape[]; focus: string | null }>) => this.layers.draw(event.detail.shapes, event.detail.focus)}
      @review-fly=${(event: CustomEvent<(GeoJSON.Geometry | null)[]>) => this.fly(event.detail)}
      @review-parcel=${(event: CustomEvent<LineageNode>) => this.follow(event.detail)}
      @review-undo=${(event: CustomEvent<Undoing>) => void this.undo(event.detail)}>${this.body(open)}</gis-drawer>`
  }

  private get late(): LineageNode | null {
    return this.gone !== null && this.gone.selected === this.desk.model.selectedId ? this.gone.node : null
  }

  private sub(open: Exclude<Open, null>): string {
    if (open === 'site') return ''
    if (open !== 'history') return this.present.title
    if (this.late) return this.late.title || this.late.parcel_id
    const { card } = this.desk.model
    return card.state === 'ready' ? [card.value.name, card.value.parcel_code ?? card.value.parcel_id].filter(Boolean).join(' · ') : ''
  }

  private body(open: Exclude<Open, null>): TemplateResult {
    const { desk, present } = this
    const { branch } = desk.model
    const { lang } = desk.data
    if (open === 'site') return this.site.body()
    if (open === 'log') return html`<gis-log .lang=${lang} .api=${desk.api} .branch=${branch} .stamp=${present.stamp}></gis-log>`
    if (open === 'diff')
      return html`<gis-diff .lang=${lang} .api=${desk.api} .branch=${branch} .stamp=${present.stamp} .scheme=${branch !== OFFICIAL}
        .bare=${present.bare} .earliest=${present.span.earliest} .latest=${present.span.latest}></gis-diff>`
    const parcelId = this.late?.parcel_id ?? desk.model.selectedId
    return html`<gis-history .lang=${lang} .api=${desk.api} .branch=${branch} .stamp=${present.stamp} .parcelId=${parcelId} .locked=${this.locked}></gis-history>`
  }

  private sheet(): TemplateResult {
    const { model, data, api } = this.desk
    return html`<gis-balance class="sheet" style=${SHEET} .lang=${data.lang} .api=${api} .landUse=${data.land_use ?? []} .branch=${model.branch} .version=${model.version}
      .past=${(model.view?.date ?? null) !== null} .scheme=${model.branch !== OFFICIAL} .ids=${this.picking.all} .session=${this.session}
      @balance-close=${() => this.turn('balance')}></gis-balance>`
  }

  actions(card: ParcelCard): TemplateResult {
    return html`<button class="btn" title=${t('变更历史与沿革（H）')} aria-label=${t('变更历史与沿革（H）')} data-parcel=${card.parcel_id} @click=${() => this.show('history')}>${t('历史')}</button>`
  }

  key(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    if (this.site.key(event)) return true
    if (event.key === 'h' || event.key === 'H') {
      this.open === 'history' ? this.shut() : this.show('history')
      return true
    }
    if (event.key !== 'Escape') return false
    if (this.open !== null) this.shut()
    else if (this.balance) this.turn('balance')
    else if (this.present.wanted !== null) this.present.look(null)
    else if (this.asOf) this.turn('asof')
    else return false
    return true
  }

  yield(): boolean {
    this.shut()
    return true
  }

  private show(open: Exclude<Open, null>): void {
    if (!this.desk.makeRoom(this)) return
    this.layers.draw([], null)
    this.site.cancel()
    this.gone = null
    this.open = open
    this.present.need()
    this.desk.redraw()
  }

  private shut(): void {
    this.site.cancel()
    this.open = this.gone = null
    this.layers.draw([], null)
    this.desk.redraw()
  }

  private turn(tool: Tool): void {
    if (tool === 'balance') {
      this.balance = !this.balance
      this.picking.begin(this.balance)
    } else if (tool === 'asof') {
      this.asOf = !this.asOf
      if (!this.asOf && this.present.wanted !== null) this.present.look(null)
      if (this.asOf) this.present.needTicks()
    } else if (this.open === tool) this.shut()
    else this.show(tool)
    this.desk.redraw()
  }

  private fly(geometries: (GeoJSON.Geometry | null)[]): void {
    const target = targetOf(geometries)
    if (target) this.desk.map?.go(target)
  }

  /** Read another parcel of the lineage: on the map if it is still there, else only its history. */
  private follow(node: LineageNode): void {
    this.gone = node.alive ? null : { node, selected: this.desk.model.selectedId }
    if (node.alive) void this.desk.model.select(node.parcel_id, null, true)
    this.desk.redraw()
  }

  private async wish(wish: SchemeWish, path: string): Promise<void> {
    try {
      await this.present.scheme(path, wish.name === undefined ? { title: wish.title } : { name: wish.name })
      wish.settle(null)
    } catch (error) {
      wish.settle(explain(error))
    }
  }

  /** The parcel on the card went with what made it: keep reading its history without it. */
  private outlive(): void {
    const { model } = this.desk
    if (model.selectedId === null || this.late !== null) return
    const title = model.card.state === 'ready' ? (model.card.value.name ?? '') : ''
    this.gone = { node: { parcel_id: model.selectedId, title, alive: false, born: null, died: null }, selected: null }
    void model.select(null, null, false)
  }

  private async undo({ revision, resolve, reject }: Undoing): Promise<void> {
    try {
      const body = { branch: revision.branch, revision: revision.revision, op_id: crypto.randomUUID() }
      const done = await this.desk.api.post<Recorded>('/edit/undo', body)
      this.desk.model.setView({ branch: done.branch, version: done.version, date: null, revision: done.revision, count: done.count })
      window.dispatchEvent(new CustomEvent('gisapp:committed', { detail: done }))
      this.desk.toast(t('已撤销版本 r {revision}，记为 r {now}', { revision: revision.revision, now: done.revision }))
      if (revision.before === null) this.outlive()
      resolve()
    } catch (error) {
      reject(error)
    }
  }
}

/** Between the side panels, over the list: it stays while somebody edits in the drawer. */
const SHEET = 'position:fixed;z-index:5;left:calc(var(--left) + 2 * var(--gap));right:calc(var(--right) + 2 * var(--gap));bottom:var(--gap);max-height:min(330px, 44vh)'
