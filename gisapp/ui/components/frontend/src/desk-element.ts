import { LitElement, type TemplateResult, html, nothing } from 'lit'
import { Api } from './api'
import { deskStyles } from './desk-styles'
import { FOUND } from './events'
import type { Pick } from './map/pointer'
import { type Camera, MapView } from './map/view'
import { creditsOf } from './map/style'
import { UNCERTAIN_M } from './map/transit'
import { memoryKey, remembered } from './memory'
import { DeskModel } from './model'
import { type FaceElement, type Sender, define } from './mount'
import { icon } from './panels/icons'
import './panels/card'
import { PARCELS } from './panels/layers'
import './panels/legend'
import './panels/rank'
import './panels/tools'
import { pointNote } from './point-note'
import { BARE, BAR_PX, type Side, coveredBy, isNarrow, scaleFor } from './screen'
import { base } from './styles'
import { setTexts, t } from './texts'
import { type Theme, legendOf } from './theme'
import { isTyping } from './typing'
import type { Bookmark, FaceData, RankRow, SearchHit, VerdictName } from './types'

const KEYS: Record<string, Side> = { '[': 'left', ']': 'right', '\\': 'bottom' }
/** Zoom at which parcels are large enough to be told apart. */
const COME_NEAR = 14.6
const NOWHERE: Camera = { lon: 118.7, lat: 32.12, zoom: 11 }

/** The planner's desk: the map from edge to edge, panels over it; or the map alone for another page. */
export class Desk extends LitElement implements FaceElement {
  static override properties = {
    data: { attribute: false }, folded: { state: true }, k: { state: true }, camera: { state: true },
    cursor: { state: true }, codes: { state: true }, ready: { state: true }, noMap: { state: true },
  }
  static override styles = [base, deskStyles]
  declare data: FaceData
  declare folded: Record<Side, boolean>
  declare k: number
  declare camera: Camera
  declare cursor: { lon: number; lat: number } | null
  declare codes: string[]
  declare ready: boolean
  declare noMap: boolean
  sender!: Sender
  private pinned = false
  private last: { key: string; state: unknown; data: unknown } = { key: '', state: null, data: null }
  private lastPadding = { left: 0, right: 0, top: 0, bottom: 0 }
  private narrow = false
  private readonly api = new Api(() => this.sender.trigger('token', Date.now()))
  private readonly model = new DeskModel(
    this.api,
    () => this.requestUpdate(),
    // An empty text, not null: Streamlit would put the default in the place of null.
    (parcelId) => this.sender.state('parcel_id', parcelId ?? ''),
    (target) => this.map?.go(target),
  )

  constructor() {
    super()
    this.camera = NOWHERE
    this.cursor = null
    this.codes = []
    this.ready = false
    this.noMap = false
  }

  private readonly resized = (): void => {
    this.k = scaleFor(window.innerWidth)
    const narrow = isNarrow(window.innerWidth)
    if (narrow !== this.narrow) this.folded = { ...this.folded, bottom: narrow }
    this.narrow = narrow
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || isTyping(event)) return
    const side = KEYS[event.key]
    if (side && this.mode === 'desk') this.fold(side)
    else if (event.key === 'Escape') this.clear()
  }

  private readonly found = (event: Event): void => {
    const hit = (event as CustomEvent<SearchHit>).detail
    event.preventDefault()
    this.pinned = false
    if (hit.parcel_id) void this.model.select(hit.parcel_id, null, true)
    else this.map?.go({ ...hit, zoom: hit.bbox ? undefined : 15 })
    this.map?.seek(hit.kind === 'station' ? { kind: 'station', title: hit.title, lon: hit.lon, lat: hit.lat } : null)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.narrow = isNarrow(window.innerWidth)
    this.folded ??= { left: false, right: false, bottom: this.narrow }
    this.resized()
    window.addEventListener('resize', this.resized)
    window.addEventListener('keydown', this.pressed)
    window.addEventListener(FOUND, this.found)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('resize', this.resized)
    window.removeEventListener('keydown', this.pressed)
    window.removeEventListener(FOUND, this.found)
  }

  private get mode(): 'desk' | 'map' {
    return this.data.mode ?? 'desk'
  }

  private get map(): MapView | null {
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
      <div class="over ${desk ? '' : 'bare'}">
        ${desk ? this.side('left', html`<gis-layers .lang=${data.lang} .data=${data} .visible=${model.visible} .opacity=${model.opacity} .year=${model.year}
          @layer-toggle=${this.toggled} @layer-opacity=${this.faded} @year-change=${this.aged}></gis-layers>`) : nothing}
        <div class="tools">
          <gis-tools .lang=${data.lang} .theme=${model.theme} .rulebooks=${data.rulebooks ?? []} .rulebook=${model.rulebook} .bookmarks=${desk ? (data.bookmarks ?? []) : []}
            .busy=${model.themeBusy || !this.ready} @theme-change=${(event: CustomEvent<Theme>) => model.setTheme(event.detail)}
            @rank-rulebook=${(event: CustomEvent<string>) => model.setRulebook(event.detail)}
            @map-zoom=${(event: CustomEvent<number>) => this.map?.zoomBy(event.detail)}
            @map-home=${() => this.map?.go(data.view ?? NOWHERE)} @map-go=${(event: CustomEvent<Bookmark>) => this.map?.go(event.detail)}></gis-tools>
          ${model.note ? html`<div class="panel note num" role="status">${model.note}</div>` : nothing}
        </div>
        ${desk ? this.rightSide() : html`<div class="right">${this.legend()}</div>`}
        ${desk ? this.bottomSide() : nothing}
      </div>`
  }

  private mapView(): TemplateResult {
    const { model, data } = this
    const state = {
      data, theme: model.theme, year: model.year, visible: model.visible, opacity: model.opacity, k: this.k,
      parcelOpacity: model.visible[PARCELS] === false ? 0 : (model.opacity[PARCELS] ?? 1), judged: model.themed !== null, selected: model.selectedFid !== null,
    }
    const outline = model.card.state === 'ready' ? model.card.value.geometry : null
    return html`<gis-map .api=${this.api} .start=${this.camera} .state=${this.stable(state)} .answer=${model.themed} .outline=${outline}
      .selectedFid=${model.selectedFid} .hoverFid=${model.hoverFid} .disc=${model.disc} .padding=${this.padding()}
      @map-click=${this.clicked} @map-hover=${this.hovered} @map-camera=${this.moved} @map-surveyed=${this.surveyed}
      @map-cursor=${(event: CustomEvent<{ lon: number; lat: number } | null>) => { this.cursor = event.detail }}
      @map-ready=${() => { this.ready = true }} @map-failed=${() => { this.noMap = true }}></gis-map>`
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
    return this.side('right', html`<gis-card .lang=${this.data.lang} ?narrow=${this.narrow} .card=${model.card}
        @card-close=${() => this.clear()} @card-retry=${() => void model.select(model.selectedId, null, false)}
        @card-rulebook=${(event: CustomEvent<string>) => model.setRulebook(event.detail)}
        @card-locate=${() => { if (model.card.state === 'ready') this.map?.go(model.card.value) }}></gis-card>${this.legend()}`)
  }

  private legend(): TemplateResult {
    const { model, data } = this
    const bare = this.mode === 'map'
    const legend = legendOf(model.theme, data.land_use ?? [], this.codes, data.rulebooks ?? [])
    if (model.theme.kind === 'plan' && this.camera.zoom < 13) legend.note = t('放大后显示各地块的规划用途')
    const book = data.rulebooks?.find((item) => item.id === model.rulebook)
    const outline = this.camera.zoom < 13 ? null : 'rulebook' in model.theme ? t('边线：用地现状') : model.themed && book ? t('边线：{name}判定', { name: book.title }) : null
    return html`<gis-legend .lang=${data.lang} ?narrow=${this.narrow} ?bare=${bare} .legend=${legend} .outline=${bare ? null : outline} .camera=${this.camera} .cursor=${this.cursor} .k=${this.k}
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
    this.pinned = false
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

  private clicked(event: CustomEvent<Pick>): void {
    const pick = event.detail
    this.pinned = false
    this.point(pick)
    this.pinned = pick.kind === 'point'
    if (pick.kind !== 'parcel') return
    if (pick.layer === 'parcel' && pick.fid !== null) return void this.model.selectFeature(pick.fid, pick.properties)
    // From afar there are only classes and points: come near, then select what lies there.
    this.map?.go({ lon: pick.lon, lat: pick.lat, zoom: COME_NEAR })
    this.map?.seek({ kind: 'parcel', lon: pick.lon, lat: pick.lat })
  }

  private hovered(event: CustomEvent<Pick>): void {
    const pick = event.detail
    const fid = pick.kind === 'parcel' ? pick.fid : null
    if (fid !== this.model.hoverFid) {
      this.model.hoverFid = fid
      this.requestUpdate()
    }
    if (!this.pinned) this.point(pick)
  }

  /** Say what a station or another named point is, and draw how far its position may be off. */
  private point(pick: Pick): void {
    const note = pick.kind === 'point' ? pointNote(pick.properties) : null
    const accuracy = Number(pick.properties['accuracy_m'] ?? 0)
    const uncertain = pick.kind === 'point' && accuracy > UNCERTAIN_M
    if (note === this.model.note && uncertain === (this.model.disc !== null)) return
    this.model.note = note
    this.model.disc = uncertain ? { lon: pick.lon, lat: pick.lat, radius: accuracy } : null
    this.requestUpdate()
  }

  private moved(event: CustomEvent<Camera>): void {
    remembered(memoryKey(this.data)).camera = this.camera = event.detail
  }

  private surveyed(event: CustomEvent<{ codes: string[]; found: Pick | null }>): void {
    const { codes, found } = event.detail
    if (codes.join() !== this.codes.join()) this.codes = codes
    if (found?.kind === 'parcel' && found.fid !== null) void this.model.selectFeature(found.fid, found.properties)
    else if (found) {
      this.point(found)
      this.pinned = true
    }
  }
}

define('gis-desk', Desk)
