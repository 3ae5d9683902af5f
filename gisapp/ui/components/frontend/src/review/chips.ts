import { type TemplateResult, css, html } from 'lit'
import { define } from '../mount'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import './imagery'
import './schemes'
import type { Branch, Imagery } from './types'

export type Tool = 'asof' | 'diff' | 'log' | 'balance' | 'site'

export interface ChipsState {
  branch: string
  branches: Branch[] | null
  locked: boolean
  on: Tool[]
  images: Imagery[]
  image: string | null
  opacity: number
  fill: number
}

const TOOLS: [Tool, string, string][] = [
  ['asof', '时点', '查看过去某一天的地块'],
  ['diff', '比较', '比较两个日期，或方案与现状库'],
  ['log', '版本', '最近的变更'],
  ['balance', '平衡表', '用地平衡表：变更前后各类用地面积'],
  ['site', '红线套合', '画一条红线或用所选地块，看它压占什么'],
]

/** The row of review tools: which scheme, which date, what changed, the balance table, imagery. */
export class ReviewChips extends Panel {
  static override properties = { state: { attribute: false } }
  static override styles = [base, css`
    :host { display: flex; gap: 8px; flex-wrap: wrap; }
    .seg { display: flex; height: 34px; }
    .seg button { padding: 0 12px; height: 100%; color: var(--ink-2); white-space: nowrap; border-right: 1px solid var(--line); }
    .seg button:first-child { border-radius: 5px 0 0 5px; }
    .seg button:last-child { border-right: 0; border-radius: 0 5px 5px 0; }
    .seg button:hover { color: var(--ink); background: var(--wash); }
    .seg button[aria-pressed='true'] { color: var(--accent); background: var(--accent-wash); font-weight: 600; }
  `]
  declare state: ChipsState

  override render(): TemplateResult {
    const { state } = this
    return html`<gis-schemes .lang=${this.lang} .branches=${state.branches} .branch=${state.branch} .locked=${state.locked}></gis-schemes>
      <div class="panel seg">${TOOLS.map(([tool, title, hint]) => html`<button aria-pressed=${state.on.includes(tool)} title=${t(hint)} @click=${() => this.tell('review-tool', tool)}>${t(title)}</button>`)}</div>
      <gis-imagery .lang=${this.lang} .images=${state.images} .chosen=${state.image} .opacity=${state.opacity} .fill=${state.fill}></gis-imagery>`
  }
}

define('gis-review-chips', ReviewChips)
