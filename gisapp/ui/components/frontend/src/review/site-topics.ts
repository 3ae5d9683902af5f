import { type TemplateResult, css, html, nothing } from 'lit'
import { number, percent } from '../format'
import { statusText, titled } from '../panels/rules'
import { t } from '../texts'
import type { SiteAnswer, SiteFinding, SiteRow, SiteTopic } from './types'

export type Tone = 'alarm' | 'watch' | 'gap' | 'taken' | 'clear'

/** How loud a topic is: land taken of a bottom line is an alarm, contact with one wants a look, what is not known is a gap. */
export function toneOf({ kind, finding }: Pick<SiteTopic, 'kind' | 'finding'>): Tone {
  if (finding === 'taken') return kind === 'bottom' ? 'alarm' : 'taken'
  return ({ contact: 'watch', overlap: 'watch', not_loaded: 'gap', uncovered: 'gap', clear: 'clear' } as const)[finding]
}

const SIGN: Record<Tone, string> = { alarm: '!', watch: '!', gap: '?', taken: '▪', clear: '–' }

export const topicStyles = css`
  .topic { border-top: 1px solid #edf0f3; }
  .topic summary { display: grid; grid-template-columns: 18px minmax(0, 1fr) auto; gap: 0 8px; padding: 7px 16px; cursor: pointer; list-style: none; }
  .topic summary:hover { background: var(--wash); }
  .topic .sign { display: grid; place-content: center; height: 19px; font-weight: 700; color: var(--ink-3); }
  .topic .name { font-weight: 500; }
  .topic .said { grid-column: 2 / 4; font-size: 12.5px; color: var(--ink-2); overflow-wrap: anywhere; }
  .topic .word { font-size: 12px; color: var(--ink-2); white-space: nowrap; align-self: center; }
  .topic[data-tone='alarm'] { background: #fbebe0; box-shadow: inset 4px 0 0 #d55e00; }
  .topic[data-tone='alarm'] summary:hover { background: #f7dfcf; box-shadow: inset 4px 0 0 #d55e00; }
  .topic[data-tone='alarm'] .sign, .topic[data-tone='alarm'] .word, .topic[data-tone='alarm'] .name { color: #9c4500; font-weight: 700; }
  .topic[data-tone='watch'] .sign, .topic[data-tone='watch'] .word { color: #8a6100; }
  .topic[data-tone='gap'] .sign, .topic[data-tone='gap'] .word { color: var(--violet); }
  .topic[data-tone='taken'] .sign { color: var(--accent); }
  .topic[data-tone='clear'] .name, .topic[data-tone='clear'] .word { color: var(--ink-3); font-weight: 400; }
  .inside { padding: 0 16px 9px 42px; font-size: 12.5px; }
  .rows { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 3px 12px; }
  .rows .side { text-align: right; }
  .rows .less { grid-column: 1 / 4; color: var(--ink-3); margin-top: -3px; font-size: 12px; overflow-wrap: anywhere; }
  .rows .total { font-weight: 600; }
  .cites { margin-top: 6px; padding-top: 5px; border-top: 1px dashed var(--line); display: grid; gap: 4px; }
  .cites .source { color: var(--accent); font-size: 12px; }
  .status { padding: 0 5px; border: 1px solid #b9c4cf; border-radius: 3px; font-size: 11.5px; line-height: 16px; color: var(--ink-2); background: #fff; white-space: nowrap; }
  .status[data-s='M'] { border-style: dashed; }
  .status[data-s='D'] { border-color: #e0b44c; color: #8a6100; background: #fffaf0; }
  .from { margin-top: 5px; color: var(--ink-3); font-size: 12px; }
`

/** One layer or kind of layer: its finding, and on a click its rows, clauses and source. */
export function topicPart(topic: SiteTopic): TemplateResult {
  const tone = toneOf(topic)
  return html`<details class="topic" data-tone=${tone} data-topic=${topic.id}>
    <summary><span class="sign" aria-hidden="true">${SIGN[tone]}</span><span class="name">${titled(topic.title, topic.title_en)}</span>
      <span class="word">${t(topic.finding_text)}</span>
      ${topic.finding === 'clear' ? nothing : html`<span class="said num" style="white-space:normal">${topic.headline}</span>`}</summary>
    <div class="inside">
      ${topic.rows.length === 0 ? html`<p class="mute">${topic.headline}</p>` : html`<div class="rows num" style="white-space:normal">${topic.rows.map(rowPart)}</div>`}
      ${topic.notes.map((note) => html`<p class="mute">${note}</p>`)}
      ${topic.citations.length === 0 ? nothing : html`<div class="cites">${topic.citations.map((rule) => html`<p>${titled(rule.title, rule.title_en)} <span class="mute">${rule.threshold}</span><br />
        <span class="source">${rule.clause_title}</span> <span class="status" data-s=${rule.status} title=${rule.status_note}>${statusText(rule)}</span></p>`)}</div>`}
      ${topic.authority || topic.as_of ? html`<p class="from num" style="white-space:normal">${[topic.authority, topic.as_of].filter(Boolean).join(' · ')}</p>` : nothing}
    </div></details>`
}

const EXCEPT: SiteFinding[] = ['taken', 'clear']

function rowPart(row: SiteRow): TemplateResult {
  const area = row.area_m2 === null ? t(row.finding_text) : `${number(row.area_mu, 2)} ${t('亩')}`
  const more = [EXCEPT.includes(row.finding) || row.area_m2 === null ? '' : t(row.finding_text), row.detail].filter(Boolean).join(' · ')
  return html`<span class=${row.total ? 'total' : ''}>${t(row.name)}</span><span class="side ${row.total ? 'total' : ''}" title=${row.area_m2 === null ? nothing : `${number(row.area_m2, 2)} ㎡`}>${area}</span>
    <span class="side mute">${row.share === null ? '' : shareText(row.share)}</span>${more ? html`<span class="less">${more}</span>` : nothing}`
}

const LEAST_SHARE = 0.0005
/** Return a share that never prints as nothing where land is taken. */
const shareText = (share: number): string => (share > 0 && share < LEAST_SHARE ? `< ${percent(2 * LEAST_SHARE)}` : percent(share))

/** Parcels that the red line takes land of; a click selects one. */
export function parcelsPart({ parcels }: SiteAnswer, selected: string | null, choose: (id: string) => void): TemplateResult {
  return html`<h3>${t('涉及宗地')} <span class="num">${number(parcels.length)}</span></h3>
    ${parcels.length === 0 ? html`<p class="none mute">${t('没有压占地块')}</p>` : nothing}
    <ul>${parcels.map((parcel) => html`<li><button class="parcel" aria-pressed=${parcel.parcel_id === selected} @click=${() => choose(parcel.parcel_id)}>
      <span class="ellipsis">${parcel.name || parcel.parcel_code || parcel.parcel_id}</span><span class="num">${number((parcel.taken_m2 * 3) / 2000, 2)} ${t('亩')}</span>
      <span class="sub num ellipsis">${[parcel.parcel_code ?? parcel.parcel_id, parcel.owner_text].filter(Boolean).join(' · ')}</span><span class="sub num">${shareText(parcel.taken_share)}</span>
      ${parcel.warnings.length === 0 ? nothing : html`<span class="warn">${parcel.warnings.join('、')}</span>`}</button></li>`)}</ul>`
}

export const gapsPart = ({ gaps }: SiteAnswer): TemplateResult | typeof nothing =>
  gaps.length === 0 ? nothing : html`<section class="gaps"><h3>${t('缺口')}</h3><ul>${gaps.map((gap) => html`<li>${gap}</li>`)}</ul></section>`
