import { type PropertyValues, type TemplateResult, css, html, nothing } from 'lit'
import { type Api, explain } from '../api'
import { number } from '../format'
import { define } from '../mount'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { Ask } from './ask'
import { kindWord } from './changes'
import { bones, empty, failed, fieldList, fieldStyles, frameStyles, signedMu } from './frame'
import './lineage'
import { sidesOf } from './shapes'
import type { HistoryAnswer, HistoryEntry, LineageNode } from './types'
import { documentOf, momentOf, reasonOf } from './when'

/** Who changed a parcel, when and why, with both outlines on the map (历史), and what it came out of (沿革). */
export class HistoryPanel extends Panel {
  static override properties = {
    api: { attribute: false }, branch: { type: String }, parcelId: { type: String }, stamp: { type: String }, locked: { type: Boolean },
    pinned: { state: true }, asking: { state: true }, undoing: { state: true }, refusal: { state: true }, family: { state: true },
  }
  static override styles = [base, frameStyles, fieldStyles, css`
    .tabs { display: flex; gap: 18px; padding: 0 16px; border-bottom: 1px solid var(--line); flex: none; }
    .tabs button { position: relative; height: 33px; color: var(--ink-2); }
    .tabs button[aria-selected='true'] { color: var(--ink); font-weight: 600; }
    .tabs button[aria-selected='true']::after { content: ''; position: absolute; inset: auto 0 -1px; height: 2px; background: var(--accent); }
    .tabs b { font-weight: 400; color: var(--ink-3); margin-left: 3px; }
    .tree { padding: 8px 12px 12px; }
    .entry { position: relative; padding: 10px 16px 11px 34px; border-bottom: 1px solid #edf0f3; }
    .entry::before { content: ''; position: absolute; left: 19px; top: 0; bottom: -1px; width: 1.5px; background: #d3dce4; }
    .entry:first-child::before { top: 18px; }
    .entry:last-child::before { bottom: auto; height: 18px; }
    .entry::after { content: ''; position: absolute; left: 15px; top: 14px; width: 9px; height: 9px; border-radius: 50%; background: #fff; border: 2px solid #8ea3b5; }
    .entry.on::after, .entry:hover::after { border-color: var(--accent); background: var(--accent); }
    .entry.on, .entry:hover { background: linear-gradient(90deg, var(--accent-wash), rgba(227, 238, 245, 0.25)); }
    .face { display: block; width: 100%; }
    .line { display: flex; align-items: baseline; gap: 8px; }
    .line .kind { font-weight: 600; }
    .line .what { font-size: 12.5px; color: var(--ink-2); }
    .line .rev { margin-left: auto; color: var(--ink-3); font-size: 12px; }
    .who { font-size: 12.5px; color: var(--ink-2); }
    .why { margin-top: 3px; overflow-wrap: anywhere; }
    .paper { font-size: 12.5px; color: var(--ink-2); }
    .area { margin-top: 3px; color: var(--ink-2); }
    .undone .kind, .undone .why, .undone .area { text-decoration: line-through; color: var(--ink-3); }
    .mark { font-size: 12.5px; color: var(--alert); margin-top: 3px; }
    .acts { display: flex; gap: 7px; margin-top: 7px; }
  `]
  declare api: Api
  declare branch: string
  declare parcelId: string | null
  /** Changes whenever something was recorded, so that the list is asked for again. */
  declare stamp: string
  /** Whether nothing may be changed now: a past date is shown or an edit is running. */
  declare locked: boolean
  declare pinned: number | null
  declare asking: number | null
  declare undoing: boolean
  declare refusal: { revision: number; message: string; action: string } | null
  declare family: boolean
  private readonly ask = new Ask<HistoryAnswer>(this)
  private hovered: number | null = null

  protected override willUpdate(changed: PropertyValues): void {
    const { parcelId, branch } = this
    if (changed.has('parcelId') || changed.has('branch')) {
      this.pinned = this.asking = this.refusal = null
      this.family = false
    }
    const key = parcelId ? `${branch}/${parcelId}/${this.stamp}/${this.lang}` : null
    const stays = !changed.has('parcelId') && !changed.has('branch')
    this.ask.put(key, (signal) => this.api.get<HistoryAnswer>('/edit/history', { branch, parcel_id: parcelId }, signal), stays)
  }

  protected override updated(): void {
    this.draw(this.hovered ?? this.pinned)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.ask.stop()
  }

  private drawn: HistoryEntry | null | undefined

  /** Show both outlines of an entry on the map, or none. */
  private draw(revision: number | null): void {
    const entry = this.ask.value?.entries.find((item) => item.revision === revision) ?? null
    if (entry === this.drawn) return
    this.drawn = entry
    this.tell('review-draw', { shapes: entry ? sidesOf(this.parcelId ?? '', entry.kind, entry.before, entry.after) : [], focus: null })
  }

  override render(): TemplateResult {
    const { answer } = this.ask
    if (!this.parcelId) return empty(t('尚未选择地块'), t('在地图上点选一宗地块，这里列出它的每一次变更。'))
    if (answer.state === 'failed') return failed(answer.message, answer.action, () => this.ask.again())
    if (answer.state !== 'ready') return bones()
    const { entries, lineage } = answer.value
    const many = lineage.nodes.length > 1
    const family = this.family && many
    return html`
      <div class="tabs" role="tablist" @keydown=${this.turn}>
        ${this.tab(t('变更'), entries.length, !family, false)}
        ${this.tab(t('沿革'), many ? lineage.nodes.length : 0, family, true)}
      </div>
      <div class="scroll" role="tabpanel">
        ${family ? html`<div class="tree"><gis-lineage .lang=${this.lang} .lineage=${lineage} .parcelId=${this.parcelId}
            @lineage-choose=${(event: CustomEvent<LineageNode>) => this.tell('review-parcel', event.detail)}></gis-lineage></div>`
        : this.family ? empty(t('没有分割或合并'), t('这宗地块没有分割、合并过，或已撤销；发生后这里显示来龙去脉。'))
        : entries.length === 0 ? empty(t('还没有变更'), t('按 E 编辑这宗地块；每次保存后，这里记下操作人、时间、事由和前后界线。'))
        : html`<ol>${[...entries].sort((a, b) => b.revision - a.revision).map((entry) => this.entry(entry))}</ol>`}
      </div>`
  }

  private tab(title: string, count: number, on: boolean, family: boolean): TemplateResult {
    return html`<button role="tab" aria-selected=${on || (family && this.family)} tabindex=${on ? 0 : -1} @click=${() => { this.family = family }}>${title}<b class="num">${count || ''}</b></button>`
  }

  private turn(event: KeyboardEvent): void {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    this.family = !this.family
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-selected=true]')?.focus())
  }

  private entry(entry: HistoryEntry): TemplateResult {
    const undone = entry.undone_by !== null
    const delta = entry.before_mu !== null && entry.after_mu !== null ? entry.after_mu - entry.before_mu : null
    const paper = documentOf(entry)
    return html`<li class="entry ${undone ? 'undone' : ''} ${entry.revision === this.pinned ? 'on' : ''}"
      @mouseenter=${() => this.hover(entry.revision)} @mouseleave=${() => this.hover(null)}>
      <button class="face" aria-pressed=${entry.revision === this.pinned} title=${t('在地图上显示变更前后的界线')}
        @focus=${() => this.hover(entry.revision)} @blur=${() => this.hover(null)} @click=${() => this.pin(entry)}>
        <span class="line"><span class="kind">${entry.kind_title}</span><span class="what">${t(kindWord(entry.kind))}</span><span class="rev num">r ${entry.revision}</span></span>
        <p class="who num" style="white-space:normal">${entry.author} · ${momentOf(entry.made_at)}</p>
        ${reasonOf(entry) ? html`<p class="why">${reasonOf(entry)}</p>` : nothing}
        ${paper ? html`<p class="paper">${t('依据文件')} ${paper}</p>` : nothing}
        <p class="area num">${areaText(entry)} ${delta === null || Math.abs(delta) < 0.005 ? nothing : signedMu(delta)}</p>
      </button>
      ${fieldList(entry.fields)}
      ${undone ? this.undoneBy(entry) : nothing}
      ${entry.undoes !== null && entry.undoes !== undefined ? html`<p class="paper num">${t('撤销版本 r {revision}', { revision: entry.undoes })}</p>` : nothing}
      ${this.actions(entry)}
    </li>`
  }

  private undoneBy(entry: HistoryEntry): TemplateResult {
    const by = this.ask.value?.entries.find((item) => item.revision === entry.undone_by)
    return html`<p class="mark num" style="white-space:normal">${by
      ? t('已由 {author} 于 {moment} 撤销（r {revision}）', { author: by.author, moment: momentOf(by.made_at), revision: by.revision })
      : t('已撤销（r {revision}）', { revision: entry.undone_by ?? '' })}</p>`
  }

  /** Undoing is asked for twice, because it is recorded for all; what the server refuses is said in place. */
  private actions(entry: HistoryEntry): TemplateResult | typeof nothing {
    if (entry.revision === 0 || entry.undone_by !== null) return nothing
    const sure = this.asking === entry.revision
    const refusal = this.refusal?.revision === entry.revision ? this.refusal : null
    if (!sure && entry.revision !== this.pinned) return nothing
    return html`
      ${sure
        ? html`<div class="ask"><span>${t('撤销会记为一个新版本，原记录保留。涉及 {count} 宗地块。', { count: entry.parcels.length })}</span>
            <button class="btn small danger" ?disabled=${this.undoing} @click=${() => void this.undo(entry)}>${t('确认撤销')}</button>
            <button class="btn small" @click=${() => { this.asking = null }}>${t('取消')}</button></div>`
        : html`<div class="acts"><button class="btn small" ?disabled=${this.locked} title=${this.locked ? t('只读或正在编辑时不能撤销') : ''}
            @click=${() => { this.asking = entry.revision; this.refusal = null }}>${t('撤销此次变更')}</button></div>`}
      ${refusal ? html`<p class="failed" role="alert"><b>${refusal.message}</b> ${refusal.action}</p>` : nothing}`
  }

  private async undo(entry: HistoryEntry): Promise<void> {
    this.undoing = true
    try {
      await new Promise<void>((resolve, reject) => this.tell('review-undo', { revision: entry, resolve, reject }))
      this.pinned = null
    } catch (error) {
      this.refusal = { revision: entry.revision, ...explain(error) }
    }
    this.undoing = false
    this.asking = null
  }

  private hover(revision: number | null): void {
    this.hovered = revision
    this.draw(revision ?? this.pinned)
  }

  private pin(entry: HistoryEntry): void {
    this.pinned = this.pinned === entry.revision ? null : entry.revision
    if (this.pinned !== null) this.tell('review-fly', [entry.before, entry.after])
  }
}

/** Return the area before and after, or the one there is. */
function areaText(entry: HistoryEntry): TemplateResult {
  const { before_mu: was, after_mu: is } = entry
  if (was === null && is === null) return html``
  if (was === null) return html`${number(is, 2)} ${t('亩')}`
  if (is === null) return html`${number(was, 2)} → 0 ${t('亩')}`
  return number(was, 2) === number(is, 2) ? html`${number(is, 2)} ${t('亩')}` : html`${number(was, 2)} → ${number(is, 2)} ${t('亩')}`
}

define('gis-history', HistoryPanel)
