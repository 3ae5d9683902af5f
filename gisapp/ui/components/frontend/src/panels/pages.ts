import { type TemplateResult, css, html, nothing } from 'lit'
import { fitting } from '../fitting'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import type { Page } from '../types'
import { icon } from './icons'
import { Panel } from './panel'

/** Widths are rounded by the browser: this much more keeps two names from touching [CSS px]. */
const SLACK_PX = 1

/** The pages of the app in the bar: those that fit as buttons, the others in a menu; the current one always as a button. */
export class PagesNav extends Panel {
  static override properties = { pages: { attribute: false }, page: { type: String }, open: { state: true }, shown: { state: true } }
  static override styles = [base, css`
    :host { display: flex; align-self: stretch; min-width: 0; position: relative; color: #c4d2de; }
    nav, .ruler { display: flex; height: 100%; }
    .ruler { position: absolute; inset: 0 auto 0 0; visibility: hidden; pointer-events: none; }
    .clip { position: absolute; inset: 0; overflow: hidden; pointer-events: none; }
    nav > button, .ruler button { position: relative; display: flex; align-items: center; gap: 6px; flex: none; height: 100%; padding: 0 var(--pad, 15px); font-size: 14px; white-space: nowrap; }
    nav > button:hover, .face[aria-expanded='true'] { color: #fff; }
    nav > button[aria-current='page'], .ruler .now { color: #fff; font-weight: 600; }
    nav > button[aria-current='page']::after { content: ''; position: absolute; left: 9px; right: 9px; bottom: 0; height: 3px; background: var(--amber); border-radius: 2px 2px 0 0; }
    .menu { position: absolute; z-index: 6; top: calc(100% - 3px); min-width: 190px; padding: 5px 0; color: var(--ink); }
    .menu button { display: flex; align-items: center; width: 100%; height: 34px; padding: 0 16px; white-space: nowrap; }
    .menu button:hover { background: var(--wash); }
    .menu button:focus-visible { outline-offset: -2px; outline-color: var(--accent); }
    :focus-visible { outline-color: #7fb6dc; outline-offset: -2px; }
  `]
  declare pages: Page[]
  declare page: string
  declare open: boolean
  declare shown: number[]
  private readonly sizes = new ResizeObserver(() => this.fit())

  constructor() {
    super()
    this.open = false
    this.shown = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.sizes.observe(this)
    window.addEventListener('pointerdown', this.outside, true)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.sizes.disconnect()
    window.removeEventListener('pointerdown', this.outside, true)
  }

  /** Names in another language or typeface have other widths: the ruler is watched as well. */
  protected override firstUpdated(): void {
    const ruler = this.renderRoot.querySelector('.ruler')
    if (ruler !== null) this.sizes.observe(ruler)
  }

  protected override updated(): void {
    this.fit()
  }

  private fit(): void {
    const ruler = [...this.renderRoot.querySelectorAll<HTMLElement>('.ruler button')]
    const widths = ruler.map((button) => button.offsetWidth + SLACK_PX)
    const more = widths.pop()
    if (more === undefined || this.clientWidth === 0) return
    const now = this.pages.findIndex((page) => page.id === this.page)
    // However little room is left, the current page and the menu have theirs.
    this.style.minWidth = `${Math.ceil((widths[now] ?? 0) + more)}px`
    const shown = fitting(widths, now, this.clientWidth, more)
    if (shown.join() !== this.shown.join()) this.shown = shown
  }

  override render(): TemplateResult {
    const inRow = this.pages.filter((_, i) => this.shown.includes(i))
    const rest = this.pages.filter((_, i) => !this.shown.includes(i))
    return html`
      <div class="clip" aria-hidden="true"><div class="ruler">
        ${this.pages.map((page) => html`<button tabindex="-1" class=${page.id === this.page ? 'now' : ''}>${page.title}</button>`)}
        <button tabindex="-1">${t('更多')}${icon('down', 11)}</button>
      </div></div>
      <nav aria-label=${t('页面')} @keydown=${this.key} @focusout=${this.left}>
        ${inRow.map((page) => html`<button aria-current=${page.id === this.page ? 'page' : 'false'} @click=${() => this.choose(page)}>${page.title}</button>`)}
        ${rest.length > 0 && this.shown.length > 0 ? html`
          <button class="face" aria-haspopup="menu" aria-expanded=${this.open} title=${t('其他页面')} @click=${() => { this.open = !this.open }}>${t('更多')}${icon('down', 11)}</button>
          ${this.open ? this.menu(rest) : nothing}` : nothing}
      </nav>`
  }

  private menu(rest: Page[]): TemplateResult {
    return html`<div class="panel menu" style="right:${this.edge()}px" role="menu" aria-label=${t('其他页面')}>${rest.map((page) => html`
      <button role="menuitem" @click=${() => this.choose(page)}>${page.title}</button>`)}</div>`
  }

  /** The menu hangs from the right edge of its button, so that it never leaves the window. */
  private edge(): number {
    const face = this.renderRoot.querySelector<HTMLElement>('.face')
    return face === null ? 0 : Math.max(0, this.clientWidth - face.offsetLeft - face.offsetWidth)
  }

  private choose(page: Page): void {
    this.open = false
    if (page.id !== this.page) this.tell('page-choose', page.id)
  }

  private get items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.menu button')]
  }

  private key(event: KeyboardEvent): void {
    const face = this.renderRoot.querySelector<HTMLElement>('.face')
    const onFace = event.composedPath()[0] === face
    if (event.key === 'Escape' && this.open) {
      // The desk has other uses for this key.
      event.stopPropagation()
      this.open = false
      face?.focus()
    } else if (event.key === 'ArrowDown' && onFace && !this.open) {
      event.preventDefault()
      this.open = true
      void this.updateComplete.then(() => this.items[0]?.focus())
    } else if (this.open && (event.key in STEPS || event.key in ENDS)) {
      event.preventDefault()
      this.go(event.key)
    }
  }

  private go(key: string): void {
    const { items } = this
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement)
    const next = key in ENDS ? ENDS[key]! : at < 0 && STEPS[key] === -1 ? -1 : at + STEPS[key]!
    items.at(next % items.length)?.focus()
  }

  private readonly left = (event: FocusEvent): void => {
    const next = event.relatedTarget as Node | null
    if (next !== null && !(event.currentTarget as HTMLElement).contains(next)) this.open = false
  }

  private readonly outside = (event: Event): void => {
    if (this.open && !event.composedPath().includes(this)) this.open = false
  }
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
const ENDS: Record<string, number> = { Home: 0, End: -1 }

define('gis-pages', PagesNav)
