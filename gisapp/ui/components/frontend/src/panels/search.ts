import { type TemplateResult, css, html, nothing } from 'lit'
import { type Api, explain } from '../api'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import { isTyping } from '../typing'
import type { Loaded, SearchHit } from '../types'
import { icon } from './icons'
import { Panel } from './panel'

const PAUSE_MS = 160
const KINDS: Record<SearchHit['kind'], string> = { parcel: '地块', enterprise: '企业', station: '车站', park: '园区', place: '地名' }

/** One box for parcel code, name, enterprise and station. */
export class SearchBox extends Panel {
  static override properties = { version: { attribute: false }, hits: { state: true }, open: { state: true }, at: { state: true } }
  static override styles = [base, css`
    :host { display: block; position: relative; color: var(--ink); }
    .box { display: flex; align-items: center; gap: 8px; height: 32px; padding: 0 10px; border-radius: 4px; background: #1d3b53; color: #a9bccc; border: 1px solid transparent; }
    .box:focus-within { background: #fff; color: var(--ink-2); border-color: #7fb6dc; }
    input { flex: 1; min-width: 0; border: 0; outline: 0; background: transparent; color: #fff; font-size: 13.5px; }
    .box:focus-within input { color: var(--ink); }
    input:focus-visible { outline: none; }
    input::-webkit-search-cancel-button { display: none; }
    input::placeholder { color: #8ea4b6; }
    kbd { font: inherit; font-size: 12px; padding: 0 6px; border: 1px solid #46617a; border-radius: 3px; line-height: 17px; color: #a9bccc; }
    .box:focus-within kbd { visibility: hidden; }
    .list { position: absolute; top: 38px; left: 0; right: 0; min-width: 320px; max-height: 60vh; padding: 4px 0; z-index: 5; }
    .hit { display: grid; grid-template-columns: 38px minmax(0, 1fr); gap: 0 10px; padding: 6px 12px; cursor: pointer; }
    .hit[aria-selected='true'] { background: var(--accent-wash); }
    .kind { font-size: 12px; color: var(--ink-3); line-height: 20px; grid-row: span 2; }
    .sub { font-size: 12px; color: var(--ink-3); }
    .bone { margin: 9px 12px; }
  `]
  declare hits: Loaded<SearchHit[]>
  declare open: boolean
  declare at: number
  api!: Api
  /** The state of the parcels to search, where it is not the newest. */
  declare version: string | null
  private timer = 0
  private running: AbortController | null = null
  /** The text that `hits` answer. */
  private asked = ''

  constructor() {
    super()
    this.version = null
    this.hits = { state: 'none' }
    this.open = false
    this.at = 0
  }

  private readonly slash = (event: KeyboardEvent): void => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event)) return
    event.preventDefault()
    this.input?.focus()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    window.addEventListener('keydown', this.slash)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('keydown', this.slash)
  }

  /** What was found in another state of the parcels is asked for anew. */
  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('version')) return
    this.hits = { state: 'none' }
    this.asked = ''
  }

  private get input(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input')
  }

  override render(): TemplateResult {
    return html`<div class="box">${icon('search', 15)}
        <input type="search" role="combobox" autocomplete="off" spellcheck="false" aria-expanded=${this.open} aria-controls="hits"
          aria-label=${t('搜索')} aria-activedescendant=${this.open ? `hit-${this.at}` : ''} placeholder=${t('宗地代码 / 名称 / 企业 / 车站')}
          @input=${this.typed} @keydown=${this.key} @focus=${() => { this.open = this.hits.state !== 'none' }} @blur=${() => { this.open = false }} />
        <kbd aria-hidden="true">/</kbd></div>
      ${this.open ? html`<div class="panel list scroll" id="hits" role="listbox" aria-label=${t('搜索结果')}>${this.list()}</div>` : nothing}`
  }

  private list(): TemplateResult {
    const { hits } = this
    if (hits.state === 'failed') return html`<div class="notice" role="alert"><strong>${hits.message}</strong>${hits.action}</div>`
    if (hits.state !== 'ready') return html`<span class="bone" style="width:60%"></span><span class="bone" style="width:75%"></span>`
    if (hits.value.length === 0) return html`<div class="notice"><strong>${t('没有找到')}</strong>${t('换一个代码、名称、企业或车站名；代码可只输入后几位')}</div>`
    return html`${hits.value.map((hit, i) => html`<div class="hit" role="option" id="hit-${i}" aria-selected=${i === this.at}
      @mousemove=${() => { this.at = i }} @mousedown=${(event: Event) => { event.preventDefault(); this.choose(hit) }}>
      <span class="kind">${t(KINDS[hit.kind] ?? KINDS.place)}</span><span class="ellipsis">${hit.title}</span><span class="sub ellipsis num">${hit.subtitle ?? ''}</span></div>`)}`
  }

  private typed(): void {
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS)
  }

  private async ask(): Promise<void> {
    const q = this.input?.value.trim() ?? ''
    this.running?.abort()
    this.open = q !== ''
    if (q === '') {
      this.hits = { state: 'none' }
      return
    }
    const running = (this.running = new AbortController())
    if (this.hits.state !== 'ready') this.hits = { state: 'loading' }
    try {
      const { results } = await this.api.get<{ results: SearchHit[] }>('/search', { q, version: this.version }, running.signal)
      this.hits = { state: 'ready', value: results }
      this.asked = q
      this.at = 0
    } catch (error) {
      if (!running.signal.aborted) this.hits = { state: 'failed', ...explain(error) }
    }
  }

  private key(event: KeyboardEvent): void {
    const hits = this.hits.state === 'ready' ? this.hits.value : []
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && hits.length > 0) {
      event.preventDefault()
      this.at = (this.at + step + hits.length) % hits.length
      void this.updateComplete.then(() => this.renderRoot.querySelector(`#hit-${this.at}`)?.scrollIntoView({ block: 'nearest' }))
    } else if (event.key === 'Enter') {
      void this.enter()
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      if (this.open) this.open = false
      else this.input?.blur()
    }
  }

  /** Take the marked hit; one that was typed faster than it was found is waited for, an older answer never taken. */
  private async enter(): Promise<void> {
    window.clearTimeout(this.timer)
    const typed = this.input?.value.trim() ?? ''
    if (typed !== this.asked) await this.ask()
    if (typed !== this.asked || this.hits.state !== 'ready') return
    const hit = this.hits.value[this.at]
    if (hit) this.choose(hit)
  }

  private choose(hit: SearchHit): void {
    this.open = false
    if (this.input) this.input.value = hit.title
    this.input?.blur()
    this.tell('search-choose', hit)
  }
}

define('gis-search', SearchBox)
