import { type TemplateResult, css, html, nothing } from 'lit'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import { type Theme, rulebookOf } from '../theme'
import type { Bookmark, RulebookInfo } from '../types'
import { icon } from './icons'
import { Panel } from './panel'

const KINDS: [Theme['kind'], string][] = [['land', '用地现状'], ['plan', '规划用途'], ['verdict', '评价结论'], ['score', '评价得分']]

/** Above the map: what fills the parcels, the bookmarks, and the zoom. */
export class ToolsPanel extends Panel {
  static override properties = {
    theme: { attribute: false },
    rulebooks: { attribute: false },
    rulebook: { type: String },
    bookmarks: { attribute: false },
    busy: { type: Boolean },
    open: { state: true },
  }
  static override styles = [base, css`
    :host { display: flex; gap: 8px; align-items: flex-start; flex-wrap: wrap; }
    .panel { display: flex; align-items: center; height: 34px; position: relative; }
    .seg { display: flex; height: 100%; }
    .seg button { position: relative; padding: 0 12px; height: 100%; color: var(--ink-2); white-space: nowrap; border-right: 1px solid var(--line); }
    .seg button:hover { color: var(--ink); background: var(--wash); }
    .seg button[aria-checked='true'] { color: #fff; background: var(--accent); }
    .seg button:first-child { border-radius: 5px 0 0 5px; }
    .seg button:last-child { border-right: 0; border-radius: 0 5px 5px 0; }
    .seg.joined button:last-child { border-radius: 0; }
    .book { border: 0; height: 100%; border-left: 1px solid var(--line); border-radius: 0 5px 5px 0; max-width: 190px; text-overflow: ellipsis; background-color: transparent; }
    .square button { width: 33px; height: 100%; display: grid; place-content: center; color: var(--ink-2); border-right: 1px solid var(--line); }
    .square button:last-of-type { border-right: 0; }
    .square button:hover, .square button[aria-expanded='true'] { color: var(--ink); background: var(--wash); }
    .menu { position: absolute; top: 39px; right: 0; min-width: 190px; padding: 5px 0; z-index: 3; display: block; height: auto; }
    .menu button { display: flex; align-items: center; gap: 8px; width: 100%; height: 31px; padding: 0 14px; border: 0; color: var(--ink); }
    .menu h3 { padding: 4px 14px 4px; font-size: 12px; font-weight: 600; color: var(--ink-3); }
    .spin { width: 14px; height: 14px; margin: 0 10px; border: 2px solid #cdd7e0; border-top-color: var(--accent); border-radius: 50%; animation: turn 0.9s linear infinite; }
    @keyframes turn { to { rotate: 360deg; } }
    @media (prefers-reduced-motion: reduce) { .spin { animation-duration: 4s; } }
  `]
  declare theme: Theme
  declare rulebooks: RulebookInfo[]
  declare rulebook: string
  declare bookmarks: Bookmark[]
  declare busy: boolean
  declare open: boolean

  override render(): TemplateResult {
    const judged = this.rulebooks.length > 0
    const several = this.rulebooks.length > 1
    const kinds = KINDS.filter(([kind]) => judged || kind === 'land' || kind === 'plan')
    return html`
      <div class="panel">
        <div class="seg ${several ? 'joined' : ''}" role="radiogroup" aria-label=${t('地块填色')} @keydown=${this.key}>
          ${kinds.map(([kind, title]) => html`<button role="radio" aria-checked=${this.theme.kind === kind} tabindex=${this.theme.kind === kind ? 0 : -1}
            @click=${() => this.choose(kind)}>${t(title)}</button>`)}
        </div>
        ${several ? html`<select class="book" aria-label=${t('评价规则')} .value=${this.rulebook} @change=${(event: Event) => this.switchBook((event.target as HTMLSelectElement).value)}>
          ${this.rulebooks.map((book) => html`<option value=${book.id} ?selected=${book.id === this.rulebook}>${book.title}</option>`)}</select>` : nothing}
        ${this.busy ? html`<span class="spin" role="status" aria-label=${t('正在读取')}></span>` : nothing}
      </div>
      <div class="panel square" @focusout=${this.leave}>
        <button aria-label=${t('放大')} title=${t('放大')} @click=${() => this.tell('map-zoom', 1)}>${icon('plus')}</button>
        <button aria-label=${t('缩小')} title=${t('缩小')} @click=${() => this.tell('map-zoom', -1)}>${icon('minus')}</button>
        <button aria-label=${t('回到初始视图')} title=${t('回到初始视图')} @click=${() => this.tell('map-home')}>${icon('home')}</button>
        ${this.bookmarks.length > 0 ? html`
          <button aria-label=${t('书签')} title=${t('书签')} aria-expanded=${this.open} aria-haspopup="menu" @click=${() => { this.open = !this.open }}>${icon('bookmark')}</button>
          ${this.open ? html`<div class="panel menu" role="menu"><h3>${t('书签')}</h3>${this.bookmarks.map((mark) => html`
            <button role="menuitem" @click=${() => this.visit(mark)}>${mark.title}</button>`)}</div>` : nothing}` : nothing}
      </div>`
  }

  private choose(kind: Theme['kind']): void {
    this.tell('theme-change', kind === 'land' || kind === 'plan' ? { kind } : { kind, rulebook: this.rulebook })
  }

  private switchBook(rulebook: string): void {
    this.tell('rank-rulebook', rulebook)
    if (rulebookOf(this.theme) === null) this.tell('theme-change', { kind: 'verdict', rulebook })
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('[role=radio]')]
    const at = buttons.findIndex((button) => button.getAttribute('aria-checked') === 'true')
    const next = buttons[(at + step + buttons.length) % buttons.length]
    next?.click()
    next?.focus()
    event.preventDefault()
  }

  private visit(mark: Bookmark): void {
    this.open = false
    this.tell('map-go', mark)
  }

  private leave(event: FocusEvent): void {
    if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) this.open = false
  }
}

define('gis-tools', ToolsPanel)
