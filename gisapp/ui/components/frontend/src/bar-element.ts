import { LitElement, type TemplateResult, css, html, nothing } from 'lit'
import { Api } from './api'
import { FOUND } from './events'
import { type FaceElement, type Sender, define } from './mount'
import './panels/search'
import { BAR_PX, scaleFor } from './screen'
import { base } from './styles'
import { setTexts, t } from './texts'
import type { FaceData, SearchHit } from './types'

/** The dark bar on every page: where one is, the search, and what the numbers rest on. */
export class Bar extends LitElement implements FaceElement {
  static override properties = { data: { attribute: false }, k: { state: true } }
  static override styles = [base, css`
    :host { display: block; position: fixed; inset: 0 0 auto 0; z-index: 999990; height: calc(${BAR_PX}px * var(--k, 1)); background: var(--ink); }
    .bar { zoom: var(--k, 1); display: flex; align-items: center; gap: 18px; height: ${BAR_PX}px; padding: 0 16px; color: #dbe5ee; }
    .brand { display: flex; align-items: center; gap: 10px; color: #fff; font-size: 16px; font-weight: 600; white-space: nowrap; }
    nav { display: flex; align-self: stretch; margin-left: 8px; min-width: 0; }
    nav button { position: relative; padding: 0 15px; font-size: 14px; color: #c4d2de; white-space: nowrap; }
    nav button:hover { color: #fff; }
    nav button[aria-current='page'] { color: #fff; font-weight: 600; }
    nav button[aria-current='page']::after { content: ''; position: absolute; left: 9px; right: 9px; bottom: 0; height: 3px; background: var(--amber); border-radius: 2px 2px 0 0; }
    gis-search { margin-left: auto; flex: 0 1 340px; min-width: 180px; }
    .facts { display: flex; align-items: center; gap: 8px; white-space: nowrap; font-size: 12.5px; }
    .fact { display: inline-flex; align-items: center; height: 24px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .fact.synthetic { border-color: #7f93a5; color: #fff; border-style: dashed; }
    .lang { height: 26px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .lang b { color: #fff; font-weight: 600; }
    .lang:hover { border-color: #8fa5b8; color: #fff; }
    .user { max-width: 120px; color: #dbe5ee; }
    :focus-visible { outline-color: #7fb6dc; }
    @media (max-width: 1500px) { .bar { gap: 12px; } nav button { padding: 0 11px; } gis-search { flex-basis: 250px; } }
    @media (max-width: 1180px) { .fact.rev, .user { display: none; } }
    @media (max-width: 960px) { .brand span, .fact { display: none; } }
  `]
  declare data: FaceData
  declare k: number
  sender!: Sender
  private readonly api = new Api(() => this.sender.trigger('token', Date.now()))
  private readonly resized = () => { this.k = scaleFor(window.innerWidth) }

  override connectedCallback(): void {
    super.connectedCallback()
    this.resized()
    window.addEventListener('resize', this.resized)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('resize', this.resized)
  }

  override render(): TemplateResult {
    const { data } = this
    setTexts(data.texts)
    this.api.use(data.api, data.token)
    this.style.setProperty('--k', String(this.k))
    return html`<header class="bar">
      <div class="brand">${mark()}<span>${data.product}</span></div>
      <nav aria-label=${t('页面')}>${data.pages.map((page) => html`<button aria-current=${page.id === data.page ? 'page' : 'false'}
        @click=${() => { if (page.id !== data.page) this.sender.trigger('page', page.id) }}>${page.title}</button>`)}</nav>
      <gis-search .lang=${data.lang} .api=${this.api} @search-choose=${this.found}></gis-search>
      <div class="facts num">${this.facts()}</div>
      <button class="lang" lang="en" aria-label=${t('切换语言')} @click=${() => this.sender.trigger('lang', data.lang === 'zh' ? 'en' : 'zh')}>
        ${data.lang === 'zh' ? html`<b>中</b> / EN` : html`中 / <b>EN</b>`}</button>
      ${data.user?.name ? html`<span class="user ellipsis" title=${data.user.role ?? ''}>${data.user.name}</span>` : nothing}
    </header>`
  }

  private facts(): TemplateResult {
    const { workspace } = this.data
    const rest = [
      workspace.revision !== null && workspace.revision !== undefined && workspace.revision !== '' ? t('版本 {revision}', { revision: workspace.revision }) : null,
      workspace.data_date ?? null,
    ].filter(Boolean)
    return html`
      ${workspace.synthetic
        ? html`<span class="fact synthetic" title=${workspace.note ?? workspace.title}>${t('示例数据（合成）')}</span>`
        : html`<span class="fact" title=${workspace.note ?? ''}>${workspace.title}</span>`}
      ${rest.length > 0 ? html`<span class="fact rev" title=${t('数据版本与截止日期')}>${rest.join(' · ')}</span>` : nothing}`
  }

  /** A desk on this page takes the hit at once; otherwise Python opens it. */
  private found(event: CustomEvent<SearchHit>): void {
    const offer = new CustomEvent(FOUND, { detail: event.detail, cancelable: true })
    if (window.dispatchEvent(offer)) this.sender.trigger('select', event.detail)
  }
}

/** The mark: a parcel cut by a line, in the accent of the current page. */
const mark = (): TemplateResult => html`<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
  <path d="M9 1 17 9 9 17 1 9z" fill="#e6a817"/><path d="M4.6 13.2 13.4 4.8" stroke="#10273a" stroke-width="1.8"/></svg>`

define('gis-bar', Bar)
