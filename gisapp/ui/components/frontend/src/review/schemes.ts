import { type TemplateResult, css, html, nothing } from 'lit'
import { number } from '../format'
import { define } from '../mount'
import { icon } from '../panels/icons'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { OFFICIAL } from '../parts'
import { frameStyles } from './frame'
import type { Branch } from './types'
import { dayOf } from './when'

/** What a scheme menu asks of its owner: each settles when the server has answered. */
export interface SchemeWish {
  title?: string
  name?: string
  settle(trouble: { message: string; action: string } | null): void
}

/** Which state of the parcels is worked on (现状库 / 方案): a chip with the menu of open schemes. */
export class SchemesMenu extends Panel {
  static override properties = {
    branches: { attribute: false }, branch: { type: String }, locked: { type: Boolean },
    open: { state: true }, making: { state: true }, closing: { state: true }, busy: { state: true }, trouble: { state: true },
  }
  static override styles = [base, frameStyles, css`
    :host { display: block; position: relative; }
    .face { display: flex; align-items: center; gap: 7px; height: 34px; padding: 0 10px 0 12px; max-width: 230px; }
    .face:hover, .face[aria-expanded='true'] { background: var(--wash); }
    .face i { width: 9px; height: 9px; border-radius: 50%; background: var(--accent); flex: none; }
    .face.scheme i { background: #7a3d86; border-radius: 2px; }
    .menu { position: absolute; z-index: 6; top: 39px; left: 0; width: 330px; padding: 5px 0 0; display: flex; flex-direction: column; max-height: 60vh; }
    .item { display: grid; grid-template-columns: 9px minmax(0, 1fr) auto; align-items: center; gap: 1px 10px; width: 100%; padding: 7px 14px; }
    .item:hover { background: var(--wash); }
    .item i { width: 9px; height: 9px; border-radius: 2px; background: #7a3d86; }
    .item.official i { border-radius: 50%; background: var(--accent); }
    .item[aria-checked='true'] { background: var(--accent-wash); }
    .item[aria-checked='true'] .name { font-weight: 600; }
    .sub { grid-column: 2; font-size: 12px; color: var(--ink-3); }
    .count { grid-row: 1 / 3; grid-column: 3; font-size: 12px; color: var(--ink-2); white-space: nowrap; }
    h3 { padding: 8px 14px 3px; font-size: 12px; color: var(--ink-3); }
    .hint { padding: 4px 14px 10px; color: var(--ink-2); font-size: 12.5px; }
    .foot { display: flex; flex-wrap: wrap; gap: 7px; padding: 9px 14px; border-top: 1px solid var(--line); }
    form { display: flex; gap: 7px; width: 100%; }
    form input { flex: 1 1 auto; }
    .ask { margin: 0; width: 100%; }
    .failed { margin: 0; width: 100%; }
  `]
  declare branches: Branch[] | null
  declare branch: string
  declare locked: boolean
  declare open: boolean
  declare making: boolean
  declare closing: boolean
  declare busy: boolean
  declare trouble: { message: string; action: string } | null

  override render(): TemplateResult {
    const current = this.branches?.find((item) => item.name === this.branch)
    const scheme = this.branch !== OFFICIAL
    const title = scheme ? (current?.title ?? this.branch) : t('现状库')
    return html`<div @focusout=${this.left} @keydown=${this.key}>
      <button class="panel face ${scheme ? 'scheme' : ''}" aria-haspopup="menu" aria-expanded=${this.open ?? false} ?disabled=${this.locked}
        title=${this.locked ? t('先保存或放弃正在进行的编辑') : t('切换现状库与方案')} @click=${() => this.toggle()}>
        <i></i><span class="ellipsis">${scheme ? html`<span class="mute">${t('方案')} · </span>` : nothing}${title}</span>${icon('down', 11)}</button>
      ${this.open ? html`<div class="panel menu">${this.list()}${this.foot(current)}</div>` : nothing}
    </div>`
  }

  private list(): TemplateResult {
    const { branches } = this
    if (branches === null) return html`<p class="hint">${t('正在读取方案')}</p>`
    const schemes = branches.filter((item) => item.name !== OFFICIAL && item.open)
    const official = branches.find((item) => item.name === OFFICIAL)
    return html`<div class="scroll" role="menu" aria-label=${t('方案')}>
      <button class="item official" role="menuitemradio" aria-checked=${this.branch === OFFICIAL} @click=${() => this.choose(OFFICIAL)}>
        <i></i><span class="name">${t('现状库')}</span><span class="sub num">${t('登记与规划现状')}${official ? html` · r ${official.head}` : nothing}</span></button>
      <h3>${t('方案（拟调整，登记未变更）')}</h3>
      ${schemes.length === 0 ? html`<p class="hint">${t('没有进行中的方案。新建方案后，编辑只记在方案里，现状库不变。')}</p>` : nothing}
      ${schemes.map((item) => html`<button class="item" role="menuitemradio" aria-checked=${item.name === this.branch} @click=${() => this.choose(item.name)}>
        <i></i><span class="name ellipsis">${item.title}</span>
        <span class="sub num ellipsis">${[item.author, item.made_at ? dayOf(item.made_at) : null].filter(Boolean).join(' · ')}</span>
        <span class="count num">${t('变更 {count} 宗', { count: number(item.changed) })}</span></button>`)}
    </div>`
  }

  private foot(current: Branch | undefined): TemplateResult {
    const scheme = current !== undefined && current.name !== OFFICIAL
    return html`<div class="foot">
      ${this.making
        ? html`<form @submit=${this.make}><input type="text" name="title" maxlength="60" required aria-label=${t('方案名称')} placeholder=${t('方案名称')} />
            <button class="btn small primary" ?disabled=${this.busy}>${t('建立')}</button>
            <button class="btn small" type="button" @click=${() => { this.making = false }}>${t('取消')}</button></form>`
        : this.closing && scheme
          ? html`<div class="ask"><span>${t('关闭后不再列出，记录保留。关闭「{title}」？', { title: current.title })}</span>
              <button class="btn small danger" ?disabled=${this.busy} @click=${() => this.shut(current)}>${t('确认关闭')}</button>
              <button class="btn small" @click=${() => { this.closing = false }}>${t('取消')}</button></div>`
          : html`<button class="btn small" @click=${this.begin}>${icon('plus', 13)}${t('新建方案')}</button>
              ${scheme ? html`<button class="btn small" @click=${() => { this.closing = true; this.trouble = null }}>${t('关闭方案')}</button>` : nothing}`}
      ${this.trouble ? html`<p class="failed" role="alert"><b>${this.trouble.message}</b> ${this.trouble.action}</p>` : nothing}
    </div>`
  }

  private toggle(): void {
    this.open = !this.open
    this.making = this.closing = false
    this.trouble = null
    if (this.open) this.tell('schemes-open')
  }

  private readonly begin = (): void => {
    this.making = true
    this.trouble = null
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('form input')?.focus())
  }

  private choose(name: string): void {
    this.open = false
    if (name !== this.branch) this.tell('scheme-choose', name)
  }

  private readonly make = (event: Event): void => {
    event.preventDefault()
    const title = this.renderRoot.querySelector<HTMLInputElement>('form input')?.value.trim() ?? ''
    if (title !== '') this.wish('scheme-new', { title })
  }

  private shut(branch: Branch): void {
    this.wish('scheme-close', { name: branch.name })
  }

  private wish(event: string, what: { title?: string; name?: string }): void {
    this.busy = true
    const settle: SchemeWish['settle'] = (trouble) => {
      this.busy = false
      this.trouble = trouble
      if (trouble === null) this.open = this.making = this.closing = false
    }
    this.tell(event, { ...what, settle } satisfies SchemeWish)
  }

  private readonly left = (event: FocusEvent): void => {
    const next = event.relatedTarget as Node | null
    if (next !== null && !(event.currentTarget as HTMLElement).contains(next)) this.open = false
  }

  private readonly outside = (event: Event): void => {
    if (this.open && !event.composedPath().includes(this)) this.open = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    window.addEventListener('pointerdown', this.outside, true)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('pointerdown', this.outside, true)
  }

  private key(event: KeyboardEvent): void {
    if (!this.open) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      this.open = false
      this.renderRoot.querySelector<HTMLElement>('.face')?.focus()
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>('.item')]
    const at = items.indexOf(this.renderRoot instanceof ShadowRoot ? (this.renderRoot.activeElement as HTMLElement) : items[0]!)
    items[(at + step + items.length) % items.length]?.focus()
    event.preventDefault()
  }
}

define('gis-schemes', SchemesMenu)
