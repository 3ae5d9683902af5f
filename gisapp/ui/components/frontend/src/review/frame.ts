import { type TemplateResult, css, html, nothing } from 'lit'
import { number } from '../format'
import { t } from '../texts'
import type { FieldChange } from './types'

/** What the panels in the drawer share. */
export const frameStyles = css`
  :host { display: flex; flex-direction: column; min-height: 0; flex: 1 1 auto; }
  .scroll { min-height: 0; flex: 1 1 auto; }
  h3 { font-size: 12.5px; font-weight: 600; color: var(--ink-2); }
  .bones { padding: 16px; display: grid; gap: 12px; }
  .strong { font-weight: 600; }
  .delta.plus { color: #187a4b; }
  .delta.minus { color: var(--alert); }
  .btn[disabled] { opacity: 0.5; cursor: default; }
  .btn.small { min-height: 25px; padding: 0 9px; font-size: 12.5px; }
  .btn.danger { border-color: #d3a181; color: var(--alert); }
  .failed { margin: 6px 0 0; padding: 7px 10px; border-left: 3px solid var(--alert); background: #fdf3ec; font-size: 12.5px; }
  .ask { display: flex; flex-wrap: wrap; align-items: center; gap: 7px; margin-top: 7px; padding: 8px 10px; background: var(--wash); border-radius: 4px; font-size: 12.5px; }
  input[type='date'], input[type='text'] { height: 28px; padding: 0 8px; border: 1px solid #cfd7df; border-radius: 4px; background: #fff; min-width: 0; }
  input[type='date']:hover, input[type='text']:hover { border-color: var(--accent); }
  input[type='range'] { appearance: none; height: 16px; margin: 0; background: transparent; cursor: pointer; }
  input[type='range']::-webkit-slider-runnable-track { height: 3px; border-radius: 2px; background: #cfd8e0; }
  input[type='range']::-webkit-slider-thumb { appearance: none; width: 13px; height: 13px; margin-top: -5px; border-radius: 50%; background: var(--accent); border: 2px solid #fff; box-shadow: 0 0 0 1px var(--accent); }
  input[type='range']::-moz-range-track { height: 3px; border-radius: 2px; background: #cfd8e0; }
  input[type='range']::-moz-range-thumb { width: 9px; height: 9px; border-radius: 50%; background: var(--accent); border: 2px solid #fff; box-shadow: 0 0 0 1px var(--accent); }
`

export const bones = (widths = [46, 88, 72, 90, 64, 84, 70]): TemplateResult =>
  html`<div class="bones" role="status" aria-label=${t('正在读取')}>${widths.map((width) => html`<span class="bone" style="width:${width}%"></span>`)}</div>`

export const failed = (message: string, action: string, retry: () => void): TemplateResult =>
  html`<div class="notice" role="alert"><strong>${message}</strong>${action}<br /><button class="btn" @click=${retry}>${t('重试')}</button></div>`

export const empty = (what: string, next: string): TemplateResult => html`<div class="notice"><strong>${what}</strong>${next}</div>`

/** Return a signed area in mu, with its colour class; nothing where it is zero to the printed digit. */
export function signedMu(value: number | null, unit = true): TemplateResult | typeof nothing {
  if (value === null) return nothing
  const text = number(value, 2)
  if (/^−?0\.00$/.test(text)) return html`<span class="num mute">±0${unit ? html` ${t('亩')}` : nothing}</span>`
  return html`<span class="delta num ${value > 0 ? 'plus' : 'minus'}">${value > 0 ? '+' : ''}${text}${unit ? html` ${t('亩')}` : nothing}</span>`
}

const sideText = (value: FieldChange['before']): string =>
  value === null || value === '' ? t('空') : typeof value === 'boolean' ? (value ? t('是') : t('否')) : typeof value === 'number' ? number(value, 4, true) : value

export const fieldStyles = css`
  .fields { display: grid; grid-template-columns: minmax(64px, auto) minmax(0, 1fr); gap: 2px 10px; margin-top: 6px; font-size: 12.5px; }
  .fields dt { color: var(--ink-3); }
  .fields dd { overflow-wrap: anywhere; }
  .fields .was { color: var(--ink-3); text-decoration: line-through; text-decoration-color: #b7c1cb; }
`

/** Changed fields, old value struck, then the new one. */
export const fieldList = (fields: readonly FieldChange[]): TemplateResult | typeof nothing =>
  fields.length === 0
    ? nothing
    : html`<dl class="fields num" style="white-space:normal">${fields.map((item) => html`<dt>${item.title}</dt>
        <dd><span class="was">${sideText(item.before)}</span> → <span>${sideText(item.after)}</span></dd>`)}</dl>`
