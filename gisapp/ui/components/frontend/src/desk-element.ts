import { LitElement, type TemplateResult, html, nothing } from 'lit'
import { Api } from './api'
import { DeskParts } from './desk-parts'
import { deskStyles } from './desk-styles'
import { FOUND, VIEWED } from './events'
import type { Pick } from './map/pointer'
import { type Camera, type MapTrouble, MapView } from './map/view'
import { creditsOf } from './map/style'
import { memoryKey, remembered } from './memory'
import { DeskModel } from './model'
import { type FaceElement, type Sender, define } from './mount'
import { icon } from './panels/icons'
import './panels/card'
import { PARCELS } from './panels/layers'
import './panels/legend'
import './panels/rank'
import './panels/toast'
import type { Toast } from './panels/toast'
import './panels/tools'
import type { DeskHost, Part, View } from './parts'
import { Pointing } from './pointing'
import { BARE, BAR_PX, type Side, coveredBy, isNarrow, isRoomy, scaleFor } from './screen'
import { base } from './styles'
import { setTexts, t } from './texts'
import { type Theme, legendOf } from './theme'
import { isTyping } from './typing'
import type { Bookmark, FaceData, RankRow, SearchHit, VerdictName } from './types'

const KEYS: Record<string, Side> = { '[': 'left', ']': 'right', '\\': 'bottom' }
const NO_OVERLAYS: never[] = []
const NOWHERE: Camera = { lon: 118.7, lat: 32.12, zoom: 11 }

/** The planner's desk: the map from edge to edge, panels over it; or the map alone for another page. */
export class Desk extends LitElement implements FaceElement, DeskHost {
  static override properties = {
    data: { attribute: false }, folded: { state: true }, k: { state: true }, camera: { state: true },
    cursor: { state: true }, loading: { state: true }, codes: { state: true }, ready: { state: true }, noMap: { state: true }, said: { state: true }, roomy: { state: true },
  }
  static override styles = [base, deskStyles]
  declare data: FaceData
  declare folded: Record<Side, boolean>
  declare k: number
  declare camera: Camera
  declare cursor: { lon: number; lat: number } | null
  declare codes: string[]
  declare loading: boolean
  declare ready: boolean
  declare noMap: boolean
  declare said: Toast | null
  sender!: Sender
  private last: { key: string; state: unknown; data: unknown } = { key: '', state: null, data: null }
  private lastPadding = { left: 0, right: 0, top: 0, bottom: 0 }
  narrow = false
  /** Whether the legend has room under a drawer. */
  declare roomy: boolean
  readonly api = new Api(() => this.sender.trigger('token', Date.now()))
  readonly model: DeskModel = new DeskModel(
    this.api,
    () => this.requestUpdate(),
    // An empty text, not null: Streamlit would put the default in the place of null.
    (parcelId) => this.sender.state('parcel_id', parcelId ?? ''),
    (target) => this.map?.go(target),
  )
  private readonly pointing = new Pointing(this.model, () => this.map, () => this.requestUpdate())
  private readonly parts = new DeskParts(this)

  constructor() {
    super()
    this.camera = NOWHERE
    this.cursor = null
    this.codes = []
    this.loading = true
    this.ready = false
    this.noMap = false
    this.said = null
  }

  private readonly resized = (): void => {
    this.k = scaleFor(window.innerWidth)
    const narrow = isNarrow(window.innerWidth)
    if (narrow !== this.narrow) this.folded = { ...this.folded, bottom: narrow }
    this.narrow = narrow
    this.roomy = isRoomy(window.innerHeight, this.k)
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (isTyping(event)) return
    if (this.mode === 'desk' && this.parts.key(event)) return event.preventDefault()
    if (event.ctrlKey || event.metaKey) return
    const side = KEYS[event.key]
    if (side && this.mode === 'desk') this.fold(side)
    else if (event.key === 'Escape') this.clear()
  }

  private readonly found = (event: Event): void => {
    event.preventDefault()
    this.pointing.found((event as CustomEvent<SearchHit>).detail)
  }

  redraw(): void {
    this.requestUpdate()
  }

  toast(text: string, tone: 'good' | 'bad' = 'good'): void {
    this.said = { text, tone, at: Date.now() }
  }

  makeRoom(part: Part): boolean {
    this.folded = { ...this.folded, right: false }
    return this.parts.makeRoom(part)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.narrow = isNarrow(window.innerWidth)
    this.folded ??= { left: false, right: false, bottom: this.narrow }
    this.resized()
    window.addEventListener('resize', this.resized)
    window.addEventListener('keydown', this.pressed)
    window.addEventListener(FOUND, this.found)
    this.parts.connect()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('resize', this.resized)
    window.removeEventListener('keydown', this.pressed)
    window.removeEventListener(FOUND, this.found)
    this.parts.disconnect()
    if (this.viewed !== null) window.dispatchEvent(new CustomEvent(VIEWED, { detail: null }))
  }

  private get mode(): 'desk' | 'map' {
    return this.data.mode ?? 'desk'
  }

  get map(): MapView | null {
    return this.renderRoot.querySelector<MapView>('gis-map')
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('data')) return
    setTexts(this.data.texts)
    if (changed.get('data') === undefined) {
      const kept = remembered(memoryKey(this.data))
      this.camera = kept.camera ?? this.data.view ?? NOWHERE
      this.folded = { ...this.folded, ...kept.folded }
    }
    this.model.use(this.data)
    if (this.mode === 'desk') this.parts.used(this.data)
  }

  private viewed: View | null = null

  /** The bar on the same page tells and searches the state that is shown. */
  protected override updated(): void {
    const { view } = this.model
    if (this.mode !== 'desk' || view === this.viewed) return
    this.viewed = view
    window.dispatchEvent(new CustomEvent(VIEWED, { detail: view }))
  }

  override render(): TemplateResult {
    const { data, model } = this
    const desk = this.mode === 'desk'
    this.toggleAttribute('narrow', this.narrow)
    this.setAttribute('mode', this.mode)
    this.style.setProperty('--k', String(this.k))
    this.style.setProperty('--bar', `${BAR_PX}px`)
    this.style.height = desk ? '' : `${data.height ?? 420}px`
    return html`
      ${this.noMap ? html`<div class="nomap notice"><strong>${t('这个浏览器不能绘制地图')}</strong>${t('请启用 WebGL，或换用新版 Chrome、Edge 或 Firefox')}</div>` : this.mapView()}
      ${desk && !this.noMap ? this.parts.sketch() : nothing}
      <div class="over ${desk ? '' : 'bare'}">
        ${desk ? this.side('left', html`<gis-layers .lang=${data.lang} .data=${model.shown} .visible=${model.visible} .opacity=${model.opacity} .year=${model.year}
          @layer-toggle=${this.toggled} @layer-opacity=${this.faded} @year-change=${this.aged}></gis-layers>`) : nothing}
        <div class="tools">
          <gis-tools .lang=${data.lang} .theme=${model.theme} .rulebooks=${data.rulebooks ?? []} .rulebook=${model.rulebook} .bookmarks=${desk ? (data.bookmarks ?? []) : []}
            .busy=${model.themeBusy || !this.ready} @theme-change=${(event: CustomEvent<Theme>) => model.setTheme(event.detail)}
            @rank-rulebook=${(event: CustomEvent<string>) => model.setRulebook(event.detail)}
            @map-zoom=${(event: CustomEvent<number>) => this.map?.zoomBy(event.detail)}
            @map-home=${() => this.map?.go(data.view ?? NOWHERE)} @map-go=${(event: CustomEvent<Bookmark>) => this.map?.go(event.detail)}></gis-tools>
          ${desk ? this.parts.chips() : nothing}
          ${model.note ? html`<div class="panel note num" role="status">${model.note}</div>` : nothing}
        </div>
        ${desk ? this.rightSide() : html`<div class="right">${this.legend()}</div>`}
        ${desk ? this.bottomSide() : nothing}
        <gis-toast .lang=${data.lang} .said=${this.said}></gis-toast>
      </div>`
  }

  private mapView(): TemplateResult {
    const { model } = this
    const state = {
      data: model.shown, theme: model.theme, year: model.year, visible: model.visible, opacity: model.opacity, k: this.k,
      parcelOpacity: model.visible[PARCELS] === false ? 0 : (model.opacity[PARCELS] ?? 1), judged: model.themed !== null, selected: model.selectedFid !== null,
    }
    const outline = model.editing ? null : model.card.state === 'ready' ? model.card.value.geometry : model.standIn
    return html`<gis-map .api=${this.api} .start=${this.camera} .state=${this.stable(state)} .answer=${model.themed} .outline=${outline}
      .selectedFid=${model.selectedFid} .hoverFid=${model.hoverFid} .disc=${model.disc} .padding=${this.padding()} .overlays=${this.mode === 'desk' ? this.parts.overlays() : NO_OVERLAYS}
      @map-click=${this.clicked} @map-hover=${(event: CustomEvent<Pick>) => this.pointing.hover(event.detail)} @map-camera=${this.moved} @map-surveyed=${this.surveyed}
      @map-cursor=${(event: CustomEvent<{ lon: number; lat: number } | null>) => { this.cursor = event.detail }}
      @map-error=${(event: CustomEvent<MapTrouble>) => this.parts.troubled(event.detail)}
      @map-ready=${() => { this.ready = true }} @map-failed=${() => { this.noMap = true; this.sender.trigger('nowebgl', Date.now()) }}></gis-map>`
  }

  /** Hand the map the same state object while nothing that it draws has changed. */
  private stable<S extends { data: FaceData }>(state: S): S {
    const { data, ...rest } = state
    const key = JSON.stringify(rest)
    if (key !== this.last.key || data !== this.last.data) this.last = { key, state, data }
    return this.last.state as S
  }

  private padding() {
    const next = this.mode === 'desk' ? coveredBy(this.folded, this.narrow, this.k) : BARE
    if (JSON.stringify(next) !== JSON.stringify(this.lastPadding)) this.lastPadding = next
    return this.lastPadding
  }

  private side(side: 'left' | 'right', content: TemplateResult): TemplateResult {
    const shut = this.folded[side]
    const title = side === 'left' ? t('图层') : t('地块')
    const arrow = (side === 'left') === shut ? 'right' : 'left'
    return html`<div class=${side} ?data-shut=${shut}>
      ${shut ? nothing : content}
      <button class="panel tab" aria-expanded=${!shut} aria-label=${title} title="${shut ? t('展开{panel}', { panel: title }) : t('收起{panel}', { panel: title })}（${side === 'left' ? '[' : ']'}）"
        @click=${() => this.fold(side)}>${icon(arrow, 12)}${shut ? html`<span>${title}</span>` : nothing}</button>
    </div>`
  }

  private rightSide(): TemplateResult {
    const { model } = this
    const drawer = this.parts.drawer()
    if (drawer !== null) return this.side('right', html`<div class="drawer">${drawer}</div>${this.roomy ? this.legend() : nothing}`)
    const actions = model.card.state === 'ready' ? this.parts.actions(model.card.value) : null
    return this.side('right', html`<gis-card .lang=${this.data.lang} ?narrow=${this.narrow} .card=${model.card} .api=${this.api} .version=${model.version} .actions=${actions}
        @card-close=${() => this.clear()} @card-retry=${() => void model.select(model.selectedId, null, false)}
        @card-rulebook=${(event: CustomEvent<string>) => model.setRulebook(event.detail)}
        @card-locate=${() => { if (model.card.state === 'ready') this.map?.go(model.card.value) }}></gis-card>${this.legend()}`)
  }

  private legend(): TemplateResult {
    const { model, data } = this
    const bare = this.mode === 'map'
    const legend = legendOf(model.theme, data.land_use ?? [], this.codes, data.rulebooks ?? [], model.themeFailed)
    if (model.theme.kind === 'plan' && this.camera.zoom < 13) legend.note = t('放大后显示各地块的规划用途')
    const book = data.rulebooks?.find((item) => item.id === model.rulebook)
    const outline = this.camera.zoom < 13 ? null : 'rulebook' in model.theme ? t('边线：用地现状') : model.themed && book ? t('边线：{name}判定', { name: book.title }) : null
    return html`<gis-legend .lang=${data.lang} ?loading=${this.loading} ?narrow=${this.narrow} ?bare=${bare} .legend=${legend} .outline=${bare ? null : outline} .camera=${this.camera} .cursor=${this.cursor} .k=${this.k}
      .crs=${data.workspace.crs ?? ''} .attribution=${creditsOf(data.layers ?? [], model.visible)}></gis-legend>`
  }

  private bottomSide(): TemplateResult {
    const { model } = this
    return html`<div class="bottom" ?data-shut=${this.folded.bottom}>
      <gis-rank .lang=${this.data.lang} ?narrow=${this.narrow} .answer=${model.rank} .rows=${model.rows} .rulebooks=${this.data.rulebooks ?? []} .rulebook=${model.rulebook} .verdict=${model.verdict}
        .selectedId=${model.selectedId} .hoverFid=${model.hoverFid} .folded=${this.folded.bottom} .more=${model.more}
        @rank-select=${(event: CustomEvent<RankRow>) => void model.select(event.detail.parcel_id, event.detail.fid, true)}
        @rank-hover=${(event: CustomEvent<number | null>) => { model.hoverFid = event.detail; this.requestUpdate() }}
        @rank-rulebook=${(event: CustomEvent<string>) => model.setRulebook(event.detail)}
        @rank-verdict=${(event: CustomEvent<VerdictName>) => { if (this.folded.bottom) this.fold('bottom'); model.setVerdict(event.detail) }}
        @rank-more=${() => void model.loadMore()} @rank-retry=${() => model.retryRank()} @rank-fold=${() => this.fold('bottom')}></gis-rank>
    </div>`
  }

  private fold(side: Side): void {
    this.folded = { ...this.folded, [side]: !this.folded[side] }
    remembered(memoryKey(this.data)).folded = this.folded
  }

  private clear(): void {
    this.pointing.release()
    this.model.disc = null
    this.model.note = null
    void this.model.select(null, null, false)
  }

  private toggled(event: CustomEvent<{ id: string; on: boolean }>): void {
    this.model.visible = { ...this.model.visible, [event.detail.id]: event.detail.on }
    this.model.keep()
  }

  private faded(event: CustomEvent<{ id: string; value: number }>): void {
    this.model.opacity = { ...this.model.opacity, [event.detail.id]: event.detail.value }
    this.model.keep()
  }

  private aged(event: CustomEvent<number>): void {
    this.model.year = event.detail
    this.model.keep()
  }

  private clicked(event: CustomEvent<Pick & { event: MouseEvent }>): void {
    if (this.mode === 'desk' && this.parts.click(event.detail, event.detail.event)) return
    this.pointing.click(event.detail)
  }

  private moved(event: CustomEvent<Camera>): void {
    remembered(memoryKey(this.data)).camera = this.camera = event.detail
  }

  private surveyed(event: CustomEvent<{ codes: string[]; found: Pick | null; loaded: boolean }>): void {
    const { codes, found, loaded } = event.detail
    this.loading = !loaded
    if (codes.join() !== this.codes.join()) this.codes = codes
    if (found) this.pointing.sighted(found)
  }
}

define('gis-desk', Desk)
