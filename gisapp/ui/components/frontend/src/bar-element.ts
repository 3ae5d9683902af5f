import { LitElement, type TemplateResult, css, html, nothing } from 'lit'
import { Api } from './api'
import { Connection } from './connection'
import { FOUND, VIEWED } from './events'
import { type FaceElement, type Sender, define } from './mount'
import './panels/pages'
import './panels/search'
import { OFFICIAL, type View } from './parts'
import { BAR_PX, scaleFor } from './screen'
import { base } from './styles'
import { setTexts, t } from './texts'
import type { FaceData, SearchHit } from './types'

/** The dark bar on every page: where one is, the search, and what the numbers rest on. */
export class Bar extends LitElement implements FaceElement {
  static override properties = { data: { attribute: false }, k: { state: true }, view: { state: true }, lost: { state: true } }
  static override styles = [base, css`
    :host { display: block; position: fixed; inset: 0 0 auto 0; z-index: 999990; height: calc(${BAR_PX}px * var(--k, 1)); background: var(--ink); }
    .bar { zoom: var(--k, 1); display: flex; align-items: center; gap: 18px; height: ${BAR_PX}px; padding: 0 16px; color: #dbe5ee; }
    .brand { display: flex; align-items: center; gap: 10px; color: #fff; font-size: 16px; font-weight: 600; white-space: nowrap; }
    gis-pages { flex: 1 1 0; margin-left: 8px; }
    gis-search { flex: 0 1 340px; min-width: 180px; }
    .brand, .facts, .lang, .user { flex: none; }
    .facts { display: flex; align-items: center; gap: 8px; white-space: nowrap; font-size: 12.5px; }
    .fact { display: inline-flex; align-items: center; height: 24px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .fact.synthetic { border-color: #7f93a5; color: #fff; border-style: dashed; }
    .fact.other { border-color: var(--amber); color: #fff; }
    .lost { padding: 5px 14px; border-left: 4px solid var(--amber); border-radius: 4px; background: #fffaf0; color: #7a5600; font-size: 12.5px; line-height: 1.35; }
    .lost b { margin-right: 8px; color: #5c4100; }
    .lang { height: 26px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .lang b { color: #fff; font-weight: 600; }
    .lang:hover { border-color: #8fa5b8; color: #fff; }
    .user { max-width: 120px; color: #dbe5ee; }
    :focus-visible { outline-color: #7fb6dc; }
    @media (max-width: 1500px) { .bar { gap: 12px; } gis-pages { --pad: 11px; } gis-search { flex-basis: 230px; } }
    @media (max-width: 1400px) { gis-pages { --pad: 9px; margin-left: 2px; } gis-search { flex-basis: 192px; } }
    @media (max-width: 1180px) { .fact.rev, .user { display: none; } }
    @media (max-width: 960px) { .brand span, .fact { display: none; } }
  `]
  declare data: FaceData
  declare k: number
  /** What the desk on this page shows, where it is another state than Python's. */
  declare view: View | null
  declare lost: boolean
  sender!: Sender
  private readonly api = new Api(() => this.sender.trigger('token', Date.now()))
  private readonly viewed = (event: Event) => { this.view = (event as CustomEvent<View | null>).detail }
  private readonly connection: Connection = new Connection(() => { this.lost = this.connection.lost })
  private readonly resized = () => { this.k = scaleFor(window.innerWidth) }

  constructor() {
    super()
    this.view = null
    this.lost = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.resized()
    window.addEventListener('resize', this.resized)
    window.addEventListener(VIEWED, this.viewed)
    this.connection.watch()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('resize', this.resized)
    window.removeEventListener(VIEWED, this.viewed)
    this.connection.stop()
  }

  override render(): TemplateResult {
    const { data } = this
    setTexts(data.texts)
    this.api.use(data.api, data.token, data.lang)
    this.style.setProperty('--k', String(this.k))
    return html`<header class="bar">
      <div class="brand">${mark()}<span>${data.product}</span></div>
      <gis-pages .lang=${data.lang} .pages=${data.pages} .page=${data.page} @page-choose=${(event: CustomEvent<string>) => this.sender.trigger('page', event.detail)}></gis-pages>
      <gis-search ?hidden=${this.lost} .lang=${data.lang} .api=${this.api} .version=${this.view?.version ?? null} @search-choose=${this.found}></gis-search>
      ${this.lost ? lostBand() : html`<div class="facts num">${this.facts()}</div>`}
      <button class="lang" lang="en" aria-label=${t('切换语言')} @click=${() => this.sender.trigger('lang', data.lang === 'zh' ? 'en' : 'zh')}>
        ${data.lang === 'zh' ? html`<b>中</b> / EN` : html`中 / <b>EN</b>`}</button>
      ${data.user?.name ? html`<span class="user ellipsis" title=${data.user.role ?? ''}>${data.user.name}</span>` : nothing}
    </header>`
  }

  private facts(): TemplateResult {
    const { view } = this
    const { workspace } = this.data
    const revision = view?.revision ?? workspace.revision ?? ''
    const rest = [
      view !== null && view.branch !== OFFICIAL ? t('方案') : null,
      revision === '' ? null : t('版本 {revision}', { revision }),
      view?.date ?? workspace.data_date ?? null,
    ].filter(Boolean)
    const what = view?.date ? t('正在查看的版本与日期') : t('数据版本与截止日期')
    return html`
      ${workspace.synthetic
        ? html`<span class="fact synthetic" title=${workspace.note ?? workspace.title}>${t('示例数据（合成）')}</span>`
        : html`<span class="fact" title=${workspace.note ?? ''}>${workspace.title}</span>`}
      ${rest.length > 0 ? html`<span class="fact rev ${view?.date || (view && view.branch !== OFFICIAL) ? 'other' : ''}" title=${what}>${rest.join(' · ')}</span>` : nothing}`
  }

  /** A desk on this page takes the hit at once; otherwise Python opens it. */
  private found(event: CustomEvent<SearchHit>): void {
    const offer = new CustomEvent(FOUND, { detail: event.detail, cancelable: true })
    if (window.dispatchEvent(offer)) this.sender.trigger('select', event.detail)
  }
}

/** Without a server there is nothing to search; what matters then is said in its place. */
const lostBand = (): TemplateResult => html`<p class="lost" role="alert"><b>${t('连接中断，正在自动重连')}</b>
  <span>${t('未保存的编辑留在本页和草稿中，请勿关闭页面')}</span></p>`

/** The mark: a parcel cut by a line, in the accent of the current page. */
const mark = (): TemplateResult => html`<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
  <path d="M9 1 17 9 9 17 1 9z" fill="#e6a817"/><path d="M4.6 13.2 13.4 4.8" stroke="#10273a" stroke-width="1.8"/></svg>`

define('gis-bar', Bar)
