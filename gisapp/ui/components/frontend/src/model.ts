import { type Api, ApiError, explain } from './api'
import type { Disc } from './map/view'
import { memoryKey, remembered } from './memory'
import { OFFICIAL, type View } from './parts'
import { t } from './texts'
import { type Failure, type Theme, rulebookOf } from './theme'
import type { FaceData, Loaded, ParcelCard, RankAnswer, RankRow, SearchHit, ThemeAnswer, VerdictName } from './types'

const PAGE_ROWS = 200
const TELL_PAUSE_MS = 400
const ELSEWHERE = (): Failure => ({ message: t('所看的版本中没有这宗地块'), action: t('它在别的日期或方案中；可在地图上另选一宗') })

/** What the desk knows: the answers of the API and what the visitor chose. No other state exists. */
export class DeskModel {
  data!: FaceData
  /** Another state of the parcels than the head of the official branch that Python knows of. */
  view: View | null = null
  theme: Theme = { kind: 'land' }
  year = 2026
  visible: Record<string, boolean> = {}
  opacity: Record<string, number> = {}
  rulebook = ''
  verdict: VerdictName = 'candidate'
  themed: ThemeAnswer | null = null
  themeBusy = false
  /** Why the evaluation that should fill the map failed; nothing is drawn as a verdict then. */
  themeFailed: Failure | null = null
  rank: Loaded<RankAnswer> = { state: 'none' }
  rows: RankRow[] = []
  card: Loaded<ParcelCard> = { state: 'none' }
  selectedId: string | null = null
  selectedFid: number | null = null
  hoverFid: number | null = null
  disc: Disc | null = null
  note: string | null = null
  /** While parcels are edited, their outlines are drawn by the editor. */
  editing = false
  /** The outline of the selected parcel until its card is there. */
  standIn: GeoJSON.Geometry | null = null
  private asked = { theme: '', rank: '' }
  private telling = 0
  private givenSelection: string | null = null
  private givenFocus: string | undefined
  /** Selections that Python was told of and has not answered with yet, oldest first. */
  private told: (string | null)[] = []

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
    private readonly tell: (parcelId: string | null) => void,
    private readonly fly: (target: { bbox: [number, number, number, number] | null; lon: number; lat: number }) => void,
  ) {}

  /** Take over data from Python: on the first run everything, later only what differs. */
  use(data: FaceData): void {
    const first = this.data === undefined
    const moved = !first && data.version !== this.data.version
    const relabelled = !first && data.lang !== this.data.lang
    this.data = data
    this.api.use(data.api, data.token, data.lang)
    // Python has seen a newer head of the official branch than the one that was committed here.
    if (moved && this.view?.branch === OFFICIAL && this.view.date === null) this.view = null
    if (first) this.start(data)
    else this.follow(data.focus?.rulebook)
    this.givenFocus = data.focus?.rulebook
    if (moved || relabelled) this.asked = { theme: '', rank: '' }
    const given = data.selection?.parcel_id ?? null
    if (given !== this.givenSelection) {
      this.givenSelection = given
      if (!this.isEcho(given) && given !== this.selectedId) void this.select(given, null, true)
    } else if ((moved || relabelled) && this.selectedId !== null) void this.select(this.selectedId, this.selectedFid, false)
    this.load()
  }

  /** The tile version of what is shown. */
  get version(): string {
    return this.view?.version ?? this.data.version
  }

  get branch(): string {
    return this.view?.branch ?? this.data.branch ?? OFFICIAL
  }

  /** Show another branch or date (null: the head that Python knows of), and read everything anew from it. */
  setView(view: View | null): void {
    const before = this.version
    this.view = view
    if (this.version === before) return this.changed()
    this.asked = { theme: '', rank: '' }
    if (this.selectedId !== null) void this.select(this.selectedId, null, false)
    this.load()
    this.changed()
  }

  /** The query that tells the API which state of the parcels is meant; nothing for the one it would take itself. */
  private get of(): { version?: string } {
    return this.view === null ? {} : { version: this.view.version }
  }

  private seen: FaceData | null = null

  /** Python's data with the version that is shown; the same object while neither changes. */
  get shown(): FaceData {
    const { data, version } = this
    if (version === data.version) return data
    if (this.seen === null || this.seen.version !== version || this.seen.token !== data.token || this.seen.layers !== data.layers) {
      const { revision, count: parcels } = this.view!
      this.seen = { ...data, version, workspace: { ...data.workspace, revision, parcels } }
    }
    return this.seen
  }

  /** Python may answer with what it was told earlier, a run late; by then the visitor has moved on. */
  private isEcho(given: string | null): boolean {
    const at = this.told.indexOf(given)
    this.told.splice(0, at + 1)
    return at >= 0
  }

  private start(data: FaceData): void {
    const kept = remembered(memoryKey(data))
    const books = data.rulebooks ?? []
    const focus = data.focus?.rulebook ?? kept.rulebook
    this.rulebook = books.find((book) => book.id === focus)?.id ?? books[0]?.id ?? ''
    const wanted: Theme = data.focus ? { kind: 'verdict', rulebook: this.rulebook } : (kept.theme ?? { kind: 'land' })
    this.theme = this.rulebook === '' && rulebookOf(wanted) !== null ? { kind: 'land' } : wanted
    this.year = kept.year ?? this.year
    this.visible = kept.visible ?? {}
    this.opacity = kept.opacity ?? {}
  }

  /** Show another rulebook when Python turns to one; what the visitor turned to here stays otherwise. */
  private follow(focus: string | undefined): void {
    if (focus === undefined || focus === this.givenFocus) return
    this.rulebook = focus
    this.theme = { kind: this.theme.kind === 'score' ? 'score' : 'verdict', rulebook: focus }
    if (this.selectedId !== null) void this.select(this.selectedId, this.selectedFid, false)
  }

  keep(): void {
    const { theme, year, visible, opacity, rulebook } = this
    Object.assign(remembered(memoryKey(this.data)), { theme, year, visible, opacity, rulebook })
    this.changed()
  }

  setTheme(theme: Theme): void {
    this.theme = theme
    const book = rulebookOf(theme)
    if (book !== null && book !== this.rulebook) this.setRulebook(book)
    this.load()
    this.keep()
  }

  setRulebook(rulebook: string): void {
    this.rulebook = rulebook
    if (rulebookOf(this.theme) !== null) this.theme = { ...this.theme, rulebook } as Theme
    this.load()
    if (this.selectedId !== null) void this.select(this.selectedId, this.selectedFid, false)
    this.keep()
  }

  setVerdict(verdict: VerdictName): void {
    this.verdict = verdict
    this.load()
    this.changed()
  }

  retryRank(): void {
    this.asked = { theme: '', rank: '' }
    this.load()
  }

  private load(): void {
    if (this.rulebook === '') return
    const theme = `${this.version}/${this.rulebook}`
    if (theme !== this.asked.theme) void this.loadTheme(theme)
    const rank = `${theme}/${this.verdict}/${this.data.lang}`
    if (rank !== this.asked.rank && this.data.mode !== 'map') void this.loadRank(rank)
  }

  private async loadTheme(key: string): Promise<void> {
    this.asked.theme = key
    this.themeBusy = true
    this.changed()
    try {
      const answer = await this.api.get<ThemeAnswer>('/theme', { rulebook: this.rulebook, ...this.of })
      if (this.asked.theme === key) {
        this.themed = answer
        this.themeFailed = null
      }
    } catch (error) {
      if (this.asked.theme === key) {
        this.themed = null
        this.themeFailed = explain(error)
      }
    }
    if (this.asked.theme === key) this.themeBusy = false
    this.changed()
  }

  private async loadRank(key: string): Promise<void> {
    this.asked.rank = key
    const same = this.rank.state === 'ready' && this.rank.value.rulebook === this.rulebook
    if (!same) this.rank = { state: 'loading' }
    this.changed()
    try {
      const answer = await this.page(0)
      if (this.asked.rank !== key) return
      this.rank = { state: 'ready', value: answer }
      this.rows = answer.rows
    } catch (error) {
      if (this.asked.rank === key) this.rank = { state: 'failed', ...explain(error) }
    }
    this.changed()
  }

  private page(offset: number): Promise<RankAnswer> {
    return this.api.get<RankAnswer>('/rank', { rulebook: this.rulebook, verdict: this.verdict, limit: PAGE_ROWS, offset, ...this.of })
  }

  get more(): boolean {
    return this.rank.state === 'ready' && this.rows.length < this.rank.value.total
  }

  /** Add the next page of the list once; a page that fails is asked for again at the next scroll. */
  async loadMore(): Promise<void> {
    const key = this.asked.rank
    const offset = this.rows.length
    if (!this.more || this.asked.rank.endsWith('+')) return
    this.asked.rank = `${key}+`
    const answer = await this.page(offset).catch(() => null)
    if (this.asked.rank === `${key}+`) {
      this.asked.rank = key
      if (answer) this.rows = [...this.rows, ...answer.rows]
    }
    this.changed()
  }

  /** Select a parcel (or none), fetch its card, and tell Python once the visitor has settled on it. */
  async select(parcelId: string | null, fid: number | null, fly: boolean): Promise<void> {
    const same = parcelId === this.selectedId && this.card.state === 'ready'
    if (parcelId !== this.selectedId) this.standIn = null
    this.selectedId = parcelId
    this.selectedFid = fid
    window.clearTimeout(this.telling)
    this.telling = window.setTimeout(() => {
      if (parcelId === this.givenSelection && same) return
      this.told.push(parcelId)
      this.tell(parcelId)
    }, TELL_PAUSE_MS)
    if (parcelId === null) {
      this.card = { state: 'none' }
      this.changed()
      return
    }
    if (!same) this.card = { state: 'loading' }
    this.changed()
    const { version } = this
    const isLate = () => this.selectedId !== parcelId || this.version !== version
    try {
      const value = await this.api.get<ParcelCard>(`/parcel/${encodeURIComponent(parcelId)}`, { rulebook: this.rulebook, ...this.of })
      if (isLate()) return
      this.card = { state: 'ready', value }
      this.selectedFid = value.fid
      // Whoever began to edit meanwhile has the place in hand already.
      if (fly && !this.editing) this.fly(value)
    } catch (error) {
      if (isLate()) return
      // What is not there in this state of the parcels has no outline on its map either.
      this.standIn = this.selectedFid = null
      this.card = { state: 'failed', ...(this.isElsewhere(error) ? ELSEWHERE() : explain(error)) }
    }
    this.changed()
  }

  /** Whether a parcel is missing because another date or scheme is shown. */
  private isElsewhere(error: unknown): boolean {
    return error instanceof ApiError && error.status === 404 && this.view !== null
  }

  /** Return the id of a parcel in the tiles: they carry it, or its code, by which the search finds the id. */
  async idOf(fid: number, properties: Record<string, unknown>): Promise<string | null> {
    const id = properties['parcel_id'] ?? properties['id'] ?? this.rows.find((row) => row.fid === fid)?.parcel_id
    if (id !== undefined && id !== null) return String(id)
    const code = String(properties['code'] ?? '')
    const { results } = await this.api.get<{ results: SearchHit[] }>('/search', { q: code, ...this.of })
    return results.find((item) => item.kind === 'parcel' && item.parcel_id !== null && item.subtitle === code)?.parcel_id ?? null
  }

  /** Select what was clicked. */
  async selectFeature(fid: number, properties: Record<string, unknown>): Promise<void> {
    const known = properties['parcel_id'] ?? properties['id'] ?? this.rows.find((row) => row.fid === fid)?.parcel_id
    if (known !== undefined && known !== null) return this.select(String(known), fid, false)
    this.selectedFid = fid
    this.card = { state: 'loading' }
    this.changed()
    try {
      const id = await this.idOf(fid, properties)
      if (this.selectedFid !== fid) return
      if (id !== null) return await this.select(id, fid, false)
      this.card = { state: 'failed', message: t('没有找到这个地块'), action: t('数据可能已更新，请刷新页面') }
    } catch (error) {
      this.card = { state: 'failed', ...explain(error) }
    }
    this.changed()
  }
}
