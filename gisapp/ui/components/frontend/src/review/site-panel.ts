import { type PropertyValues, type TemplateResult, css, html, nothing } from 'lit'
import { type Api, explain } from '../api'
import { number } from '../format'
import { define } from '../mount'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { Ask } from './ask'
import { save } from './balance-sheet'
import { bones, failed, frameStyles } from './frame'
import { siteBody } from './site-body'
import { gapsPart, parcelsPart, topicPart, topicStyles } from './site-topics'
import type { SiteAnswer, SiteSubject } from './types'

const FILES = [['xlsx', '压占分析表 XLSX'], ['html', '一页报告 HTML']] as const

/** The site check in the drawer: how to give a red line, and what it lies on. */
export class SitePanel extends Panel {
  static override properties = {
    api: { attribute: false }, version: { type: String }, subject: { attribute: false }, corners: { attribute: false }, selected: { attribute: false }, selectedId: { attribute: false },
    saving: { state: true }, trouble: { state: true },
  }
  static override styles = [base, frameStyles, topicStyles, css`
    .give { display: flex; flex-wrap: wrap; align-items: center; gap: 7px; padding: 9px 16px; border-bottom: 1px solid var(--line); }
    .give p { flex: 1 1 100%; font-size: 12.5px; color: var(--ink-2); }
    .give .btn { max-width: 100%; }
    .sum { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 10px; padding: 9px 16px 8px; }
    .sum b { font-size: 16px; font-weight: 600; }
    .sum .sub { flex: 1 1 100%; font-size: 12px; color: var(--ink-3); }
    h3 { padding: 9px 16px 3px; border-top: 1px solid var(--line); }
    .none { padding: 0 16px 8px; }
    .parcel { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 10px; width: 100%; padding: 5px 16px; }
    .parcel:hover { background: var(--wash); }
    .parcel[aria-pressed='true'] { background: var(--accent-wash); box-shadow: inset 3px 0 0 var(--accent); }
    .parcel .sub { font-size: 12px; color: var(--ink-3); }
    .parcel .warn { grid-column: 1 / 3; font-size: 12px; color: var(--alert); }
    .gaps { background: #f6f3fa; margin-top: 6px; padding-bottom: 8px; }
    .gaps li { position: relative; padding: 1px 16px 1px 28px; font-size: 12.5px; }
    .gaps li::before { content: ''; position: absolute; left: 17px; top: 0.62em; width: 5px; height: 5px; background: var(--violet); rotate: 45deg; }
    .foot { display: flex; flex-wrap: wrap; gap: 7px; padding: 9px 16px; border-top: 1px solid var(--line); flex: none; }
    .failed { margin: 0 16px 8px; }
    .busy { opacity: 0.6; }
  `]
  declare api: Api
  declare version: string
  declare subject: SiteSubject | null
  /** How many corners the pen has; null while nothing is drawn. */
  declare corners: number | null
  /** The name of the parcel on the card, null where there is none. */
  declare selected: string | null
  declare selectedId: string | null
  declare saving: string | null
  declare trouble: { message: string; action: string } | null
  private readonly ask = new Ask<SiteAnswer>(this)

  constructor() {
    super()
    this.subject = this.corners = this.selected = this.selectedId = this.saving = this.trouble = null
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { subject, version } = this
    if (changed.has('subject')) this.trouble = null
    const body = subject === null ? null : siteBody(subject, version)
    const key = body === null ? null : `${JSON.stringify(body)}/${this.lang}`
    this.ask.put(key, (signal) => this.api.post<SiteAnswer>('/site-check', body, { signal }), !changed.has('subject'))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.ask.stop()
  }

  override render(): TemplateResult {
    return html`${this.give()}${this.corners === null && this.subject !== null ? this.found() : nothing}`
  }

  private give(): TemplateResult {
    const { corners } = this
    const tell = (name: string) => () => this.tell(name)
    if (corners !== null)
      return html`<div class="give"><p class="num" style="white-space:normal" role="status">${t('已画 {count} 点；双击或 Enter 完成，Backspace 退一点，Esc 取消', { count: corners })}</p>
        <button class="btn small primary" ?disabled=${corners < 3} @click=${tell('site-finish')}>${t('完成并套合')}</button>
        <button class="btn small" ?disabled=${corners === 0} @click=${tell('site-drop')}>${t('退一点')}</button>
        <button class="btn small" @click=${tell('site-cancel')}>${t('取消')}</button></div>`
    const first = this.subject === null
    return html`<div class="give">
      ${first ? html`<p>${t('在地图上逐点画出项目红线，或用所选地块的界线，看它压占什么。')}</p>` : nothing}
      <button class="btn small ${first ? 'primary' : ''}" @click=${tell('site-draw')}>${first ? t('画红线') : t('重新画')}</button>
      <button class="btn small" ?disabled=${this.selected === null} title=${this.selected ?? t('尚未选择地块')} @click=${tell('site-parcel')}>${t('用所选地块')}</button></div>`
  }

  private found(): TemplateResult {
    const { answer } = this.ask
    if (answer.state === 'failed') return failed(answer.message, answer.action, () => this.ask.again())
    if (answer.state !== 'ready') return bones()
    const { value } = answer
    const { manifest } = value
    return html`<div class="scroll ${this.ask.busy ? 'busy' : ''}" tabindex="0" aria-label=${t('红线套合')}>
        <div class="sum num"><b>${number(value.area_mu, 2)} ${t('亩')}</b><span>${number(value.area_m2, 2)} ㎡</span>
          <span class="sub" style="white-space:normal">${[this.subject?.kind === 'drawn' ? t('绘制的红线') : value.redline.name, t('版本 {revision}', { revision: manifest.revision }), manifest.as_of, value.site_id.slice(0, 12)].join(' · ')}</span></div>
        ${value.topics.map(topicPart)}
        ${parcelsPart(value, this.selectedId, (id) => this.tell('site-select', id))}
        ${gapsPart(value)}
      </div>
      ${this.trouble ? html`<p class="failed" role="alert"><b>${this.trouble.message}</b> ${this.trouble.action}</p>` : nothing}
      <div class="foot">${FILES.map(([ending, title]) => html`<button class="btn small" ?disabled=${this.saving !== null} @click=${() => void this.download(ending)}>${this.saving === ending ? t('正在生成') : t(title)}</button>`)}</div>`
  }

  private async download(ending: string): Promise<void> {
    const { subject, version } = this
    if (subject === null) return
    this.saving = ending
    this.trouble = null
    try {
      save(await this.api.file(`/site-check.${ending}`, siteBody(subject, version)), `${t('红线套合')}.${ending}`)
    } catch (error) {
      this.trouble = explain(error)
    }
    this.saving = null
  }
}

define('gis-site', SitePanel)
