import { type TemplateResult, css, html, nothing } from 'lit'
import { define } from '../mount'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import './asof'
import { registeredMark, roleMark } from './marks'
import type { Role } from './shapes'
import type { Branch, Imagery } from './types'
import type { Tick } from './when'

export interface StripState {
  asOf: { open: boolean; earliest: string; latest: string; date: string | null; ticks: Tick[]; busy: boolean; trouble: string | null; revision: number | null }
  scheme: Branch | null
  registered: number
  roles: Role[]
  imagery: Imagery | null
}

const WORDS: Record<Role, string> = { before: '变更前', after: '变更后', new: '新增', gone: '消失', attributes: '仅属性变化' }
const ORDER: Role[] = ['before', 'after', 'new', 'gone', 'attributes']

/** Over the map: the as-of slider, what is being looked at if it is not the present, and the key of what is drawn. */
export class StripPanel extends Panel {
  static override properties = { state: { attribute: false } }
  static override styles = [base, css`
    :host { display: flex; flex-direction: column; align-items: stretch; align-self: stretch; gap: 8px; min-width: 0; }
    gis-asof, .panel, .band { pointer-events: auto; }
    .band { display: flex; align-items: center; gap: 4px 12px; flex-wrap: wrap; padding: 6px 8px 6px 14px; border-radius: 6px; background: #1d3a53; color: #fff; box-shadow: 0 2px 10px rgba(16, 39, 58, 0.22); }
    .band.scheme { background: #f6f0f8; color: var(--ink); border: 1px solid #d9c3df; border-left: 4px solid #7a3d86; padding: 4px 7px 4px 12px; }
    .band.scheme .btn { border-color: #c7a9cf; background: #fff; color: var(--ink); }
    .band.scheme .btn:hover { border-color: #7a3d86; background: #fff; }
    .band.scheme :focus-visible { outline-color: var(--accent); }
    .band b { font-weight: 600; }
    .band .btn { min-height: 25px; margin-left: auto; padding: 0 10px; background: transparent; border-color: rgba(255, 255, 255, 0.5); color: #fff; }
    .band .btn:hover { background: rgba(255, 255, 255, 0.14); border-color: #fff; }
    .band :focus-visible { outline-color: #fff; }
    .band .quiet { color: rgba(255, 255, 255, 0.78); }
    .key { align-self: flex-start; display: flex; flex-wrap: wrap; align-items: center; gap: 3px 14px; padding: 5px 12px; font-size: 12.5px; color: var(--ink-2); }
    .key span { display: flex; align-items: center; gap: 7px; }
    .trouble { padding: 6px 14px; color: var(--alert); }
  `]
  declare state: StripState

  override render(): TemplateResult {
    const { asOf, scheme } = this.state
    return html`
      ${asOf.open ? html`<gis-asof .lang=${this.lang} .earliest=${asOf.earliest} .latest=${asOf.latest} .date=${asOf.date} .ticks=${asOf.ticks} .busy=${asOf.busy}></gis-asof>` : nothing}
      ${asOf.trouble ? html`<div class="panel trouble" role="alert">${asOf.trouble}</div>` : nothing}
      ${asOf.date !== null ? html`<div class="band num" role="status" style="white-space:normal"><span>${t('正在查看 {date} 的地块（只读）', { date: asOf.date })}</span>
        ${asOf.revision === null ? nothing : html`<span class="quiet">r ${asOf.revision}</span>`}
        <button class="btn" @click=${() => this.tell('asof-date', null)}>${t('回到当前')}</button></div>` : nothing}
      ${scheme ? html`<div class="band scheme num" role="status" style="white-space:normal"><b>${scheme.title}</b><span>${t('拟调整，登记未变更')}</span>
        <button class="btn" @click=${() => this.tell('scheme-choose', 'official')}>${t('回到现状库')}</button></div>` : nothing}
      ${this.key()}`
  }

  private key(): TemplateResult | typeof nothing {
    const { roles, registered, imagery } = this.state
    const credit = imagery ? [imagery.title, imagery.attribution].filter(Boolean).join(' · ') : ''
    if (roles.length === 0 && registered === 0 && !imagery) return nothing
    return html`<div class="panel key" aria-label=${t('图例')}>
      ${ORDER.filter((role) => roles.includes(role)).map((role) => html`<span>${roleMark(role)}${t(WORDS[role])}</span>`)}
      ${registered > 0 ? html`<span>${registeredMark()}${t('登记界线')}</span>` : nothing}
      ${imagery ? html`<span>${t('影像')} · ${credit}</span>` : nothing}</div>`
  }
}

define('gis-review-strip', StripPanel)
