import { type Api, explain } from './api'
import type { Disc } from './map/view'
import { memoryKey, remembered } from './memory'
import { t } from './texts'
import { type Theme, rulebookOf } from './theme'
import type { FaceData, Loaded, ParcelCard, RankAnswer, RankRow, SearchHit, ThemeAnswer, VerdictName } from './types'

const PAGE_ROWS = 200
const TELL_PAUSE_MS = 400

/** What the desk knows: the answers of the API and what the visitor chose. No other state exists. */
export class DeskModel {
  data!: FaceData
  theme: Theme = { kind: 'land' }
  year = 2026
  visible: Record<string, boolean> = {}
  opacity: Record<string, number> = {}
  rulebook = ''
  verdict: VerdictName = 'candidate'
  themed: ThemeAnswer | null = null
  themeBusy = false
  rank: Loaded<RankAnswer> = { state: 'none' }
  rows: RankRow[] = []
  card: Loaded<ParcelCard> = { state: 'none' }
  selectedId: string | null = null
  selectedFid: number | null = null
  hoverFid: number | null = null
  disc: Disc | null = null
  note: string | null = null
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
    this.api.use(data.api, data.token)
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
    const theme = `${this.data.version}/${this.rulebook}`
    if (theme !== this.asked.theme) void this.loadTheme(theme)
    const rank = `${theme}/${this.verdict}/${this.data.lang}`
    if (rank !== this.asked.rank && this.data.mode !== 'map') void this.loadRank(rank)
  }

  private async loadTheme(key: string): Promise<void> {
    this.asked.theme = key
    this.themeBusy = true
    this.changed()
    try {
      const answer = await this.api.get<ThemeAnswer>('/theme', { rulebook: this.rulebook })
      if (this.asked.theme === key) this.themed = answer
    } catch {
      // The list below asks the same evaluation and says what went wrong.
      if (this.asked.theme === key) this.themed = null
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
    return this.api.get<RankAnswer>('/rank', { rulebook: this.rulebook, verdict: this.verdict, limit: PAGE_ROWS, offset })
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
    try {
      const value = await this.api.get<ParcelCard>(`/parcel/${encodeURIComponent(parcelId)}`, { rulebook: this.rulebook })
      if (this.selectedId !== parcelId) return
      this.card = { state: 'ready', value }
      this.selectedFid = value.fid
      if (fly) this.fly(value)
    } catch (error) {
      if (this.selectedId === parcelId) this.card = { state: 'failed', ...explain(error) }
    }
    this.changed()
  }

  /** Select what was clicked: tiles carry the parcel's id, or its code, by which the search finds the id. */
  async selectFeature(fid: number, properties: Record<string, unknown>): Promise<void> {
    const id = properties['parcel_id'] ?? properties['id'] ?? this.rows.find((row) => row.fid === fid)?.parcel_id
    if (id !== undefined && id !== null) return this.select(String(id), fid, false)
    const code = String(properties['code'] ?? '')
    this.selectedFid = fid
    this.card = { state: 'loading' }
    this.changed()
    try {
      const { results } = await this.api.get<{ results: SearchHit[] }>('/search', { q: code })
      const hit = results.find((item) => item.kind === 'parcel' && item.parcel_id !== null && item.subtitle === code)
      if (this.selectedFid !== fid) return
      if (hit?.parcel_id) return await this.select(hit.parcel_id, fid, false)
      this.card = { state: 'failed', message: t('没有找到这个地块'), action: t('数据可能已更新，请刷新页面') }
    } catch (error) {
      this.card = { state: 'failed', ...explain(error) }
    }
    this.changed()
  }
}
