import { type TemplateResult, css, html, nothing } from 'lit'
import type { Api } from '../api'
import { mu, number, percent, score } from '../format'
import { define } from '../mount'
import { base } from '../styles'
import { t } from '../texts'
import type { EvaluationCard, Loaded, ParcelCard, ZoneShare } from '../types'
import { icon } from './icons'
import { Panel } from './panel'
import { ruleList, ruleStyles, titled } from './rules'
import './would'

/** The right panel: one parcel on one card, in the order in which a decision reads it. */
export class CardPanel extends Panel {
  static override properties = { card: { attribute: false }, api: { attribute: false }, version: { type: String }, actions: { attribute: false } }
  static override styles = [base, ruleStyles, css`
    :host { display: flex; min-height: 0; flex: 1 1 auto; }
    .panel { display: flex; flex-direction: column; width: 100%; min-height: 0; overflow: hidden; align-self: flex-start; max-height: 100%; }
    .scroll { min-height: 0; }
    header { padding: 12px 16px 10px; position: relative; }
    .code { font-size: 12.5px; color: var(--ink-2); letter-spacing: 0.01em; padding-right: 30px; }
    h2 { font-size: 19px; line-height: 1.3; font-weight: 600; margin: 1px 26px 7px 0; }
    .corner { position: absolute; top: 9px; right: 9px; display: flex; }
    .corner button { width: 26px; height: 26px; display: grid; place-content: center; color: var(--ink-3); border-radius: 4px; }
    .corner button:hover { background: var(--wash); color: var(--ink); }
    .corner .small { display: none; }
    :host([narrow]) .corner .small { display: grid; }
    :host([narrow]) footer { padding: 8px 14px; }
    :host([narrow]) footer .wide { display: none; }
    footer:not(:has(.btn:not(.wide))) .wide:first-of-type { background: var(--accent); border-color: var(--accent); color: #fff; }
    :host([narrow]) header { padding: 9px 14px 8px; }
    :host([narrow]) .code { padding-right: 84px; }
    :host([narrow]) section { padding: 8px 14px; }
    .tags { display: flex; flex-wrap: wrap; gap: 5px; }
    .tag { padding: 1px 8px; border: 1px solid #cfd7df; border-radius: 4px; font-size: 12.5px; color: var(--ink-2); background: #fff; }
    .tag[data-kind='alert'], .tag[data-kind='warning'] { border-color: #e0a884; color: var(--alert); }
    .tag[data-kind='missing'] { border-style: dashed; }
    .band { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; align-items: center; gap: 4px 14px; padding: 9px 16px; border-left: 4px solid; }
    .band .words { font-size: 15.5px; font-weight: 600; line-height: 1.3; }
    .band .score { font-size: 24px; font-weight: 600; line-height: 1.1; }
    .band .rank { font-size: 12px; color: var(--ink-2); line-height: 1.45; text-align: right; }
    .band .why { grid-column: 1 / -1; font-size: 12.5px; color: var(--ink-2); }
    .band .why b { font-weight: 600; color: var(--ink); }
    .band[data-v='candidate'] { background: #e2eef6; border-color: #0072b2; color: #01517f; }
    .band[data-v='not_candidate'] { background: #eff1f4; border-color: #b0b7c3; }
    .band[data-v='prohibited'] { background: #fbebe0; border-color: #d55e00; color: #9c4500; }
    .band[data-v='unknown'] { border-color: #7b5ea7; color: #54408a;
      background: repeating-linear-gradient(135deg, #f3eff8 0 6px, #e9e2f3 6px 7.5px); }
    .band[data-v='not_applicable'] { background: #f6f4ee; border-color: #d8d2c2; color: var(--ink-2); }
    section { padding: 10px 16px; border-top: 1px solid var(--line); }
    h3 { font-size: 12.5px; font-weight: 600; color: var(--ink-2); margin-bottom: 4px; }
    .areas { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 3px 14px; align-items: baseline; }
    .areas.num { white-space: normal; }
    .areas .mu { text-align: right; white-space: nowrap; }
    .areas .side { text-align: right; white-space: nowrap; color: var(--ink-3); min-width: 64px; }
    .areas .first { font-weight: 600; }
    .areas .alert { color: var(--alert); }
    .areas .wide { grid-column: 1 / 3; }
    .areas .folded { grid-column: 1 / -1; }
    .areas .folded summary { font-weight: 400; font-size: inherit; color: var(--ink); }
    .areas .folded .areas { padding: 3px 0 4px 14px; }
    .gaps { background: #f6f3fa; }
    .gaps li { padding-left: 12px; position: relative; }
    .gaps li::before { content: ''; position: absolute; left: 0; top: 0.62em; width: 5px; height: 5px; background: var(--violet); rotate: 45deg; }
    .others { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 3px 14px; }
    .others button:hover { color: var(--accent); text-decoration: underline; }
    details summary { cursor: pointer; font-size: 12.5px; font-weight: 600; color: var(--ink-2); list-style: none; display: flex; align-items: center; gap: 6px; }
    details summary::before { content: ''; border: solid var(--ink-3); border-width: 0 1.5px 1.5px 0; padding: 2.5px; rotate: -45deg; margin-right: 2px; }
    details[open] summary::before { rotate: 45deg; }
    .attributes { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 3px 12px; margin-top: 6px; }
    .attributes dt { color: var(--ink-2); }
    .attributes .missing { color: var(--ink-3); }
    footer { display: flex; flex-wrap: wrap; gap: 8px; padding: 10px 16px; border-top: 1px solid var(--line); background: #fff; }
    .bones { padding: 16px; display: grid; gap: 12px; }
  `]
  declare card: Loaded<ParcelCard>
  declare api: Api
  /** The state of the parcels that the card is of. */
  declare version: string
  /** Buttons that the parts of the desk add for this parcel. */
  declare actions: TemplateResult | null

  override render(): TemplateResult {
    const { card } = this
    if (card.state === 'loading') return html`<div class="panel" role="status" aria-label=${t('正在读取地块')}>${bones()}</div>`
    if (card.state === 'failed')
      return html`<div class="panel" role="alert"><div class="notice"><strong>${card.message}</strong>${card.action}
        <br /><button class="btn" @click=${() => this.tell('card-retry')}>${t('重试')}</button></div></div>`
    if (card.state === 'none')
      return html`<div class="panel"><div class="notice"><strong>${t('尚未选择地块')}</strong>
        ${t('在地图上点选地块，或在下方清单中选择一行，这里列出它的面积、管控、判定和依据。按 / 可搜索代码、名称、企业和车站。')}</div></div>`
    return this.parcel(card.value)
  }

  private parcel(parcel: ParcelCard): TemplateResult {
    return html`<article class="panel" aria-label=${t('地块')}>
      <div class="scroll">
        <header>
          <p class="code num">${parcel.parcel_code ?? parcel.parcel_id}</p>
          <h2>${parcel.name || t('未命名地块')}</h2>
          <div class="corner">
            <button class="small" aria-label=${t('定位')} title=${t('定位')} @click=${() => this.tell('card-locate')}>${icon('target', 14)}</button>
            <button class="small" aria-label=${t('复制代码')} title=${t('复制代码')} @click=${() => copy(parcel)}>${icon('copy', 14)}</button>
            <button aria-label=${t('关闭')} title=${t('关闭（Esc）')} @click=${() => this.tell('card-close')}>${icon('close', 14)}</button>
          </div>
          <div class="tags">${parcel.tags.map((tag) => html`<span class="tag" data-kind=${tag.kind}>${tag.text}</span>`)}</div>
        </header>
        ${parcel.evaluation ? band(parcel.evaluation) : html`<section class="mute">${t('这个地块没有评价结果')}</section>`}
        ${areas(parcel)}
        ${parcel.evaluation ? this.evaluation(parcel.evaluation) : nothing}
        ${parcel.evaluation ? this.would(parcel.parcel_id, parcel.evaluation) : nothing}
        ${parcel.others.length > 0 ? this.others(parcel) : nothing}
        ${parcel.attributes.length > 0 ? attributes(parcel) : nothing}
      </div>
      <footer>
        ${this.actions}
        <button class="btn wide" @click=${() => this.tell('card-locate')}>${icon('target', 14)}${t('定位')}</button>
        <button class="btn wide" @click=${() => copy(parcel)}>${icon('copy', 14)}${t('复制代码')}</button>
      </footer>
    </article>`
  }

  private evaluation(evaluation: EvaluationCard): TemplateResult {
    return html`
      <section class="rules" aria-label=${t('判定依据')}>
        <h3>${titled(evaluation.title, evaluation.title_en)} · ${t('评价规则版本 {edition}', { edition: evaluation.edition })}</h3>
        ${ruleList(evaluation)}
      </section>
      ${evaluation.gaps.length > 0
        ? html`<section class="gaps"><h3>${t('待补资料')}</h3><ul>${evaluation.gaps.map((gap) => html`<li>${gap}</li>`)}</ul></section>`
        : nothing}`
  }

  private would(parcelId: string, { rulebook, run_id: run }: EvaluationCard): TemplateResult {
    return html`<gis-would .lang=${this.lang} .api=${this.api} .version=${this.version} .parcelId=${parcelId} .rulebook=${rulebook} .run=${run} ?narrow=${this.hasAttribute('narrow')}></gis-would>`
  }

  private others(parcel: ParcelCard): TemplateResult {
    return html`<section><h3>${t('其他评价')}</h3><div class="others">
      ${parcel.others.map((other) => html`
        <button class="ellipsis" @click=${() => this.tell('card-rulebook', other.rulebook)}>${titled(other.title, other.title_en)}</button>
        <span>${t(other.verdict_text)}</span><span class="num mute">${score(other.score)}</span>`)}
    </div></section>`
  }
}

const copy = (parcel: ParcelCard): void => void navigator.clipboard?.writeText(parcel.parcel_code ?? parcel.parcel_id)

function band(evaluation: EvaluationCard): TemplateResult {
  const { rank, of, unranked, completeness, score_low, score_high } = evaluation
  const spread = score_low !== null && score_high !== null && Math.abs(score_high - score_low) >= 0.05
  const place = unranked ? t('资料不足，暂不排名') : rank !== null && of !== null ? t('第 {rank} / {of} 名', { rank: number(rank), of: number(of) }) : ''
  const decisive = evaluation.rules.find((rule) => rule.decisive)
  return html`<div class="band" data-v=${evaluation.verdict}>
    <span class="words">${t(evaluation.verdict_text)}</span>
    ${evaluation.score === null ? html`<span></span>` : html`<span class="score num">${score(evaluation.score)}</span>`}
    <span class="rank num">${place}
      ${spread ? html`<br />${t('区间')} ${score(score_low)}–${score(score_high)}` : nothing}
      ${completeness !== null && completeness < 0.9995 ? html`<br />${t('资料完整度')} ${percent(completeness, 0)}` : nothing}</span>
    ${steadiness(evaluation)}
    ${decisive ? html`<p class="why">${t('首先由「{title}」决定', { title: titled(decisive.title, decisive.title_en) })}</p>` : nothing}
    ${evaluation.advice ? html`<p class="why">${t('建议路径')} · <b>${titled(evaluation.advice.title, evaluation.advice.title_en)}</b></p>` : nothing}
  </div>`
}

/** How often the parcel stays among the first when the weights are drawn anew. */
export function steadiness({ stability, draws, top_k: k, rank }: EvaluationCard): TemplateResult | typeof nothing {
  if (stability === null || stability === undefined || !draws || !k || rank === null) return nothing
  const values = { draws: number(draws), share: percent(stability), k: number(k) }
  const said = rank <= k ? t('权重扰动 {draws} 次，{share} 保持前 {k} 名', values) : t('权重扰动 {draws} 次，{share} 进入前 {k} 名', values)
  return html`<p class="why num" style="white-space:normal">${t('排序稳定性')} · ${said}</p>`
}

function areas(parcel: ParcelCard): TemplateResult {
  const { area, zones } = parcel
  return html`<section><div class="areas num">
    <span>${t('宗地面积（椭球）')}</span><span class="mu first">${number(area.mu, 2)} ${t('亩')}</span><span class="side">${number(area.m2, 1)} ㎡</span>
    ${area.registered_m2 === null ? nothing : html`<span class="mute">${t('登记面积')}</span><span class="mu mute">${mu(area.registered_m2)} ${t('亩')}</span><span class="side">${number(area.registered_m2, 1)} ㎡</span>`}
    ${zoneLines(zones)}
  </div></section>`
}

const MANY = 3

/** Touched zones one by one, a layer with many of them folded into one line; what is not touched in one line. */
function zoneLines(zones: ZoneShare[]): TemplateResult[] {
  const touched = zones.filter((zone) => (zone.area_m2 ?? 0) > 0)
  const clear = zones.filter((zone) => !zone.not_loaded && !zone.area_m2)
  const absent = zones.filter((zone) => zone.not_loaded)
  const layers = [...new Set(touched.map((zone) => zone.layer))].map((layer) => touched.filter((zone) => zone.layer === layer))
  const quiet = (names: ZoneShare[], text: string) =>
    names.length === 0 ? [] : [html`<span class="mute wide">${names.map((zone) => titled(zone.title, zone.title_en)).join('、')}</span><span class="side">${text}</span>`]
  return [
    ...layers.flatMap((group) => (group.length > MANY ? [foldedZones(group)] : group.map(zoneLine))),
    ...quiet(clear, t('未涉及')),
    ...quiet(absent, t('未提供')),
  ]
}

function zoneLine(zone: ZoneShare): TemplateResult {
  const tone = zone.alert ? 'alert' : ''
  return html`<span class=${tone}>${titled(zone.title, zone.title_en)}</span><span class="mu ${tone}">${number(zone.area_mu, 2)} ${t('亩')}</span>
    <span class="side ${tone}" title="${number(zone.area_m2, 1)} ㎡">${percent(zone.share)}</span>`
}

function foldedZones(zones: ZoneShare[]): TemplateResult {
  const [layer = ''] = titled(zones[0]?.title ?? '', zones[0]?.title_en).split(' · ')
  return html`<details class="folded"><summary>${layer} · ${t('{count} 项', { count: zones.length })}</summary>
    <div class="areas">${zones.map(zoneLine)}</div></details>`
}

const attributes = (parcel: ParcelCard): TemplateResult => html`<section><details><summary>${t('登记与经营信息')}</summary>
  <dl class="attributes num">${parcel.attributes.map((item) => html`<dt>${titled(item.title, item.title_en)}</dt><dd class=${item.missing ? 'missing' : ''}>${item.text}</dd>`)}</dl>
</details></section>`

const bones = (): TemplateResult => html`<div class="bones">
  ${[40, 62, 78].map((width) => html`<span class="bone" style="width:${width}%"></span>`)}
  <span class="bone" style="height:44px"></span>
  ${[90, 84, 92, 70, 88, 76].map((width) => html`<span class="bone" style="width:${width}%"></span>`)}
</div>`

define('gis-card', CardPanel)
