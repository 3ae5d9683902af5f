import { type TemplateResult, css, html, nothing } from 'lit'
import { t } from '../texts'
import { number, percent } from '../format'
import type { EvaluationCard, Mark, RuleLine } from '../types'
import { icon } from './icons'

/** The catalogue holds English texts only while English is shown. */
const english = (): boolean => t('资料不足') !== '资料不足'
/** Return the English title while English is shown and there is one. */
export const titled = (zh: string, en: string | null | undefined): string => (english() && en ? en : zh)

export const ruleStyles = css`
  .rule { border-top: 1px solid #edf0f3; }
  .rule:first-child { border-top: 0; }
  .rule summary { display: grid; grid-template-columns: 18px minmax(0, 1fr) auto; gap: 0 8px; padding: 6px 0; cursor: pointer; list-style: none; font-size: 13px; font-weight: 400; color: var(--ink); align-items: start; }
  .rule summary::before { content: none; }
  .rule summary:hover .title { color: var(--accent); }
  .rule.decisive { background: linear-gradient(90deg, #eff5f9, transparent); margin: 0 -16px; padding: 0 16px; box-shadow: inset 3px 0 0 var(--accent); }
  .mark { width: 18px; height: 18px; display: grid; place-content: center; margin-top: 1px; font-weight: 700; font-size: 13px; }
  .mark[data-m='pass'] { color: #187a4b; }
  .mark[data-m='fail'] { color: var(--ink-3); }
  .mark[data-m='hit'] { color: #d55e00; }
  .mark[data-m='unknown'] { color: var(--violet); }
  .mark[data-m='na'] { color: #9aa6b2; }
  .mark[data-m='scored'] { color: #0072b2; }
  .mark[data-m='condition'] { color: var(--accent); }
  .ring { width: 11px; height: 11px; border: 1.6px solid currentColor; border-radius: 50%; }
  .title { font-weight: 500; }
  .value { text-align: right; max-width: 13em; white-space: normal; }
  .value .than { color: var(--ink-3); white-space: nowrap; }
  .part { display: inline-block; vertical-align: 1px; width: 46px; height: 6px; margin-left: 8px; border-radius: 2px; background: #e3e9ee; overflow: hidden; }
  .part i { display: block; height: 100%; background: #0072b2; }
  h4 { margin: 6px 0 0; padding-top: 7px; border-top: 1px solid var(--line); font-size: 12.5px; font-weight: 600; color: var(--ink-2); }
  .rule.quiet .title, .rule.quiet .value { color: var(--ink-3); font-weight: 400; }
  .sentence { margin: -2px 0 8px 26px; color: var(--ink-2); font-size: 12.5px; }
  .source { grid-column: 2 / 4; display: flex; flex-wrap: wrap; align-items: center; gap: 2px 7px; font-size: 12px; color: var(--accent); margin-top: 1px; }
  .status { padding: 0 5px; border: 1px solid #b9c4cf; border-radius: 3px; font-size: 11.5px; line-height: 16px; color: var(--ink-2); background: #fff; white-space: nowrap; }
  .status[data-s='assumption'] { border-color: #e0b44c; color: #8a6100; background: #fffaf0; }
  .status[data-s='M'] { border-style: dashed; }
  .status[data-s='D'] { border-color: #9db4c6; color: var(--accent); }
  details.rest > summary { margin-top: 4px; }
  .sum { margin: 0 0 6px 26px; font-size: 12.5px; color: var(--ink-2); white-space: normal; }
  .read { margin: -2px 0 8px 26px; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 1px 12px; font-size: 12.5px; color: var(--ink-2); }
  .read dd { margin: 0; color: var(--ink); }
  .read .whole { grid-column: 1 / -1; }
  .read .missing { color: var(--violet); }
`

const SIGN: Record<Mark, () => TemplateResult | string> = {
  pass: () => icon('pass', 15),
  fail: () => icon('fail', 12),
  hit: () => '!',
  unknown: () => '?',
  na: () => '–',
  scored: () => html`<span class="ring"></span>`,
  condition: () => 'i',
}

const SAYS: Record<Mark, string> = {
  pass: '满足', fail: '不满足', hit: '触及', unknown: '资料不足', na: '不适用', scored: '计分', condition: '提示',
}

const quiet = (rule: RuleLine): boolean => rule.mark === 'na'

/** What stops or decides comes first, then what is missing, then what is met. */
const URGENCY: Mark[] = ['hit', 'fail', 'unknown', 'pass', 'condition', 'scored', 'na']
const urgency = (rule: RuleLine): number => (rule.decisive ? -1 : URGENCY.indexOf(rule.mark))

/** Return the rules that say something about the parcel, and folded away those that do not apply. */
export function ruleList(evaluation: EvaluationCard): TemplateResult {
  const sorted = [...evaluation.rules].sort((a, b) => urgency(a) - urgency(b))
  const curves = sorted.filter((rule) => rule.mark === 'scored' && rule.kind === 'curve')
  const tables = sorted.filter((rule) => rule.kind === 'choose' && !quiet(rule))
  const gates = sorted.filter((rule) => !quiet(rule) && !curves.includes(rule) && !tables.includes(rule))
  const rest = sorted.filter(quiet)
  const advice = evaluation.advice
  const one = (rule: RuleLine) => line(rule, advice ? titled(advice.title, advice.title_en) : null)
  const sum = evaluation.score_sum
  return html`<ul>${gates.map(one)}</ul>
    ${curves.length > 0 ? html`<h4>${t('得分构成')}</h4><ul>${curves.map(one)}</ul>
      ${sum ? html`<p class="sum num">${t('合计')} ${sum}</p>` : nothing}` : nothing}
    ${tables.length > 0 ? html`<h4>${t('路径判定')}</h4><ul>${tables.map(one)}</ul>` : nothing}
    ${rest.length === 0 ? nothing : html`<details class="rest"><summary>${t('不适用的规则 {count} 条', { count: rest.length })}</summary><ul>${rest.map(one)}</ul></details>`}`
}

/** What decided, what is hit and what is missing, wholly or in part, explains itself at once; the rest on a click. */
const speaks = (rule: RuleLine): boolean =>
  rule.decisive || rule.mark === 'hit' || rule.mark === 'unknown' || (rule.mark === 'scored' && (rule.known ?? 1) < 1)

function line(rule: RuleLine, advice: string | null): TemplateResult {
  return html`<li class="rule ${rule.decisive ? 'decisive' : ''} ${quiet(rule) ? 'quiet' : ''}"><details ?open=${speaks(rule)}>
    <summary>
      <span class="mark" data-m=${rule.mark} role="img" aria-label=${t(SAYS[rule.mark])} title=${t(SAYS[rule.mark])}>${SIGN[rule.mark]()}</span>
      <span class="title">${titled(rule.title, rule.title_en)}</span>
      <span class="value num">${value(rule, advice)}</span>
      <span class="source"><span>${rule.clause_title ?? rule.clause ?? ''}</span>
        <span class="status" data-s=${rule.status === 'D' ? 'assumption' : rule.status} title=${rule.status_note ?? ''}>${statusText(rule)}</span></span>
    </summary>
    <p class="sentence">${rule.sentence}</p>
    ${readings(rule)}
  </details></li>`
}

/** A status speaks of the number; where nobody has seen the text, the tag says both. */
export const statusText = (rule: Pick<RuleLine, 'status_text'>): string => rule.status_text.split('·').map((part) => t(part)).join('·')

/** What a decision table read, and the row that it came to. */
function readings(rule: RuleLine): TemplateResult | typeof nothing {
  if (rule.kind !== 'choose' || !rule.inputs?.length) return nothing
  const outcome = rule.mark === 'unknown' ? t('第 {row} 行缺资料，无法判定', { row: rule.row ?? '–' }) : t('第 {row} 行成立', { row: rule.row ?? '–' })
  return html`<dl class="read num"><dt class="whole">${rule.row ? outcome : nothing}</dt>
    ${rule.inputs.map((input) =>
      input.title
        ? html`<dt>${input.title}</dt><dd class=${input.missing ? 'missing' : ''}>${input.text}</dd>`
        : html`<dt class="whole">${input.text}</dt>`)}</dl>`
}

/** A threshold longer than this (lists of codes) is left to the sentence [characters]. */
const LONG = 14

/** Value against threshold; a curve shows the points that it gives, and the share of its full score. */
function value(rule: RuleLine, advice: string | null): TemplateResult | string {
  if (rule.kind === 'choose') return rule.mark === 'unknown' ? t('资料不足') : advice ?? rule.value_text
  if (rule.kind === 'gate' && rule.threshold) {
    const holds = rule.role === 'prohibit' ? rule.mark === 'hit' : rule.mark === 'pass' || rule.mark === 'condition'
    if (rule.threshold.length > LONG || rule.threshold === rule.value_text) return html`<span title=${rule.threshold}>${rule.value_text}</span>`
    return html`${rule.value_text} <span class="than">${holds ? rule.threshold : t('（标准 {threshold}）', { threshold: rule.threshold })}</span>`
  }
  if (rule.score === null) return rule.value_text
  return html`${rule.value_text}<span class="part" title=${t('得分 {score}（满分 1）', { score: number(rule.score, 3) })}><i style="width:${rule.score * 100}%"></i></span>${points(rule)}`
}

/** How the curve adds to the score: its score × its weight = points. */
function points(rule: RuleLine): TemplateResult | typeof nothing {
  if (rule.contribution === null || rule.contribution === undefined || rule.score === null) return nothing
  return html`<br /><span class="than">${number(rule.score, 3)} × ${percent(rule.share, 2)} = ${t('{points} 分', { points: number(rule.contribution, 2) })}</span>`
}
