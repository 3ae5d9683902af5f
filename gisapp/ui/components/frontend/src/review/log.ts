import { type PropertyValues, type TemplateResult, css, html, nothing } from 'lit'
import { type Api, explain } from '../api'
import { number } from '../format'
import { define } from '../mount'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { Ask } from './ask'
import { bones, empty, failed, frameStyles } from './frame'
import { shapesOf, targetOf } from './shapes'
import type { DiffAnswer, Rev } from './types'
import { byDay, clockOf, documentOf, reasonOf } from './when'

const PAGE = 60

/** What was recorded lately on a branch (版本): who, when, why; a click shows where. */
export class LogPanel extends Panel {
  static override properties = {
    api: { attribute: false }, branch: { type: String }, stamp: { type: String }, limit: { state: true }, at: { state: true }, trouble: { state: true },
  }
  static override styles = [base, frameStyles, css`
    h3 { position: sticky; top: 0; z-index: 1; padding: 7px 16px 5px; background: #f6f8fa; border-bottom: 1px solid var(--line); }
    .row { display: grid; grid-template-columns: 44px minmax(0, 1fr) auto; gap: 1px 8px; width: 100%; padding: 8px 16px; border-bottom: 1px solid #edf0f3; }
    .row:hover { background: var(--wash); }
    .row[aria-pressed='true'] { background: var(--accent-wash); box-shadow: inset 3px 0 0 var(--accent); }
    .clock, .rev { color: var(--ink-3); font-size: 12px; padding-top: 1px; }
    .second { grid-column: 2 / 4; font-size: 12.5px; color: var(--ink-2); overflow-wrap: anywhere; }
    .undone .kind { text-decoration: line-through; color: var(--ink-3); }
    .undone .second { color: var(--ink-3); }
    .by { grid-column: 2 / 4; font-size: 12.5px; color: var(--alert); }
    .more { padding: 10px 16px; }
    .failed { margin: 0 16px 8px; }
  `]
  declare api: Api
  declare branch: string
  declare stamp: string
  declare limit: number
  declare at: number | null
  declare trouble: { revision: number; message: string; action: string } | null
  private readonly ask = new Ask<{ revisions: Rev[] }>(this)

  constructor() {
    super()
    this.limit = PAGE
    this.at = null
    this.trouble = null
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { branch, limit } = this
    if (changed.has('branch')) this.at = this.trouble = null
    this.ask.put(`${branch}/${this.stamp}/${limit}/${this.lang}`, (signal) => this.api.get<{ revisions: Rev[] }>('/edit/log', { branch, limit }, signal), !changed.has('branch'))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.ask.stop()
  }

  override render(): TemplateResult {
    const { answer } = this.ask
    if (answer.state === 'failed') return failed(answer.message, answer.action, () => this.ask.again())
    if (answer.state !== 'ready') return bones()
    const { revisions } = answer.value
    if (revisions.length === 0) return empty(t('还没有变更'), t('保存第一次编辑后，这里按时间列出每个版本。'))
    return html`<div class="scroll">
      ${byDay(revisions).map(([day, items]) => html`<h3 class="num">${day}</h3>${items.map((rev) => this.row(rev))}`)}
      ${revisions.length >= this.limit ? html`<div class="more"><button class="btn small" ?disabled=${this.ask.busy} @click=${() => { this.limit += 2 * PAGE }}>${t('更早的版本')}</button></div>` : nothing}
    </div>`
  }

  private row(rev: Rev): TemplateResult {
    const paper = documentOf(rev)
    const reason = [reasonOf(rev), paper].filter(Boolean).join(' · ')
    return html`<button class="row ${rev.undone_by === null ? '' : 'undone'}" aria-pressed=${this.at === rev.revision} title=${rev.parcels.slice(0, 12).join('、')}
        ?disabled=${rev.kind === 'seed'} @click=${() => void this.show(rev)}>
      <span class="clock num">${clockOf(rev.made_at)}</span>
      <span class="ellipsis"><span class="kind strong">${rev.summary || rev.kind_title}</span></span>
      <span class="rev num">r ${rev.revision}</span>
      <span class="second num" style="white-space:normal">${rev.author}${rev.kind === 'seed' ? nothing : html` · ${t('{count} 宗', { count: number(rev.parcels.length) })}`}${reason ? html` · ${reason}` : nothing}</span>
      ${rev.undone_by === null ? nothing : html`<span class="by num">${t('已撤销（r {revision}）', { revision: rev.undone_by })}</span>`}
    </button>
    ${this.trouble?.revision === rev.revision ? html`<p class="failed" role="alert"><b>${this.trouble.message}</b> ${this.trouble.action}</p>` : nothing}`
  }

  /** Draw what a revision changed and fly there; a second click takes it off again. */
  private async show(rev: Rev): Promise<void> {
    this.trouble = null
    if (this.at === rev.revision) {
      this.at = null
      return this.tell('review-draw', { shapes: [], focus: null })
    }
    this.at = rev.revision
    try {
      const { changes } = await this.api.get<DiffAnswer>('/edit/diff', { branch: this.branch, from_revision: rev.revision - 1, to_revision: rev.revision })
      if (this.at !== rev.revision) return
      this.tell('review-draw', { shapes: shapesOf(changes), focus: null })
      const sides = changes.flatMap((change) => [change.before, change.after])
      if (targetOf(sides)) this.tell('review-fly', sides)
    } catch (error) {
      if (this.at === rev.revision) this.trouble = { revision: rev.revision, ...explain(error) }
    }
  }
}

define('gis-log', LogPanel)
