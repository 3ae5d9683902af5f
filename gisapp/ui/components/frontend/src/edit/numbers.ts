import { type TemplateResult, html, nothing } from 'lit'
import { mu, number, score } from '../format'
import { icon } from '../panels/icons'
import { t } from '../texts'
import type { Editor } from './editor'
import type { AutomaticLine, FindingLine, Preview, PreviewParcel, ZoneChange } from './types'

/** Return a change with its sign, so that it is not taken for a size. */
export function delta(value: number, digits: number): string {
  const text = number(value, digits)
  return value > 0 && !/^0(\.0*)?$/.test(text) ? `+${text}` : text
}

/** Say whether the parcels still fit together, and how sure the numbers are. */
export function fitness(editor: Editor): TemplateResult {
  const { session } = editor
  const preview = session?.preview
  if (!session || !preview) return html`<div class="fit idle"><span>${t('拖动顶点，相邻地块随动；面积、管控和判定在这里实时给出')}</span></div>`
  if (preview.parcels.length === 0 && preview.findings.length === 0) return html`<div class="fit idle" role="status"><span>${t('这些步骤合起来没有改动')}</span></div>`
  const errors = preview.findings.filter((finding) => finding.severity === 'error').length
  const whole = preview.overlaps === 0 && preview.gaps === 0
  return html`<div class="fit ${preview.ok ? 'good' : 'bad'}" role="status">
    ${icon(preview.ok ? 'pass' : 'fail', 14)}
    <strong class="num" data-fit>${t('{overlaps} 重叠 {gaps} 缝隙', { overlaps: preview.overlaps, gaps: preview.gaps })}</strong>
    ${!preview.ok && whole ? html`<span>${t('{count} 项错误', { count: errors })}</span>` : nothing}
    <span class="mute num ms" title=${t('路由用时：拓扑 {topology} ms，评价 {evaluate} ms', { topology: number(preview.ms.topology), evaluate: number(preview.ms.evaluate) })}>${session.previewer.busy ? t('计算中…') : `${number(preview.ms.total)} ms`}</span>
  </div>`
}

const FOOTPRINT = ['extends_fabric', 'shrinks_fabric']

/** Most parcels border a street: there a corner takes or gives land, which has to be meant. */
export function footprint(editor: Editor): TemplateResult | typeof nothing {
  const { session } = editor
  if (!session) return nothing
  const asked = session.preview?.findings.some(({ code }) => FOOTPRINT.includes(code)) ?? false
  const reshaped = session.intents.some(({ op }) => op === 'reshape')
  if (!session.make.extend && !(asked && reshaped)) return nothing
  return html`<label class="check footprint"><input type="checkbox" id="allow" .checked=${session.make.extend}
    @change=${(event: Event) => { const box = event.target as HTMLInputElement; session.allow(box.checked); box.blur() }} />
    <span>${t('允许改变用地范围（临街界线）')}</span></label>`
}

export const findings = (editor: Editor): TemplateResult | typeof nothing => {
  const lines = editor.session?.preview?.findings ?? []
  if (lines.length === 0) return nothing
  const order = ['error', 'warning', 'note']
  const sorted = [...lines].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  return html`<ul class="findings">${sorted.map((line) => finding(editor, line))}</ul>`
}

const WORDS = { error: '错误', warning: '注意', note: '提示' }

function finding(editor: Editor, line: FindingLine): TemplateResult {
  const placed = line.lon !== null && line.lat !== null
  const show = () => { if (placed) editor.desk.map?.go({ lon: line.lon!, lat: line.lat! }) }
  return html`<li data-severity=${line.severity} data-code=${line.code}><span class="mark">${t(WORDS[line.severity])}</span>
    <span>${line.message}${line.area_m2 !== null && line.area_m2 !== undefined && !line.message.includes('㎡') ? html` <span class="mute num">${number(line.area_m2, line.area_m2 < 1 ? 3 : 1)} ㎡</span>` : nothing}</span>
    ${placed ? html`<button aria-label=${t('定位')} title=${t('定位')} @click=${show}>${icon('target', 13)}</button>` : nothing}</li>`
}

/** Every touched parcel: areas first, then what changes in zones, verdict and score. */
export function parcels(editor: Editor): TemplateResult | typeof nothing {
  const preview = editor.session?.preview
  if (!preview || preview.parcels.length === 0) return nothing
  const focus = editor.tools.picked
  const weight = (parcel: PreviewParcel) => (focus.includes(parcel.parcel_id) ? 0 : parcel.status === 'new' ? 1 : parcel.status === 'changed' ? 2 : 3)
  const sorted = [...preview.parcels].sort((a, b) => weight(a) - weight(b))
  return html`<section class="touched" aria-label=${t('涉及地块')}>
    <h3>${t('涉及地块 {count} 宗', { count: sorted.length })}</h3>
    ${sorted.map((parcel) => one(parcel, focus.includes(parcel.parcel_id), preview.judged))}
    ${totals(preview)}
  </section>`
}

const STATUS = { changed: '', new: '新', gone: '消失' }

/** What the rulebook says, dimmed while it is that of the gesture before. */
function judgement({ verdict, score: points }: PreviewParcel, isJudged: boolean): TemplateResult | typeof nothing {
  const line = isJudged ? '' : 'pending'
  return html`${verdict && (verdict.before_text || verdict.after_text) ? html`<div class="line ${line}" data-verdict><span>${t('判定')}</span><span>${change(verdict.before_text, verdict.after_text)}</span></div>` : nothing}
    ${points && (points.before !== null || points.after !== null) ? html`<div class="line num ${line}" data-score><span>${t('得分')}</span><span>${change(points.before === null ? null : score(points.before), points.after === null ? null : score(points.after))}</span></div>` : nothing}`
}

function one(parcel: PreviewParcel, isFocus: boolean, isJudged: boolean): TemplateResult {
  const { before, after } = parcel
  const moved = before && after ? after.m2 - before.m2 : null
  return html`<article class="parcel ${isFocus ? 'focus' : ''}" data-parcel=${parcel.parcel_id}>
    <div class="name"><span class="ellipsis" title=${parcel.parcel_id}>${parcel.title || parcel.parcel_id}</span>
      ${parcel.status === 'changed' ? nothing : html`<span class="status">${t(STATUS[parcel.status])}</span>`}</div>
    <div class="size num">
      ${after ? html`<strong data-mu>${number(after.mu, 2)} ${t('亩')}</strong><span class="mute">${number(after.m2, 1)} ㎡</span>`
        : html`<span class="mute gone">${number(before?.mu, 2)} ${t('亩')}</span><span class="mute">${number(before?.m2, 1)} ㎡</span>`}
      ${moved === null ? nothing : html`<span class="delta ${Math.abs(moved) < 0.05 ? 'mute' : ''}" title="${delta(moved, 2)} ㎡">Δ ${delta((moved * 3) / 2000, 2)} ${t('亩')}</span>`}
    </div>
    ${parcel.registered_m2 !== null && after ? html`<div class="line num mute"><span>${t('登记面积')}</span><span>${mu(parcel.registered_m2)} ${t('亩')}</span></div>` : nothing}
    ${zones(parcel)}
    ${judgement(parcel, isJudged)}
  </article>`
}

const arrow = (before: string, after: string): TemplateResult =>
  before === after ? html`${after}` : html`<span class="mute">${before}</span> → <b>${after}</b>`

/** Before and after; a parcel that is new or gone has only one of them. */
const change = (before: string | null, after: string | null): TemplateResult => (before !== null && after !== null ? arrow(before, after) : html`${after ?? before}`)

const WHOLE_M2 = 0.5
const near = (a: number, b: number): boolean => Math.abs(a - b) < WHOLE_M2

/** Zones in which the parcel lies only partly, or that warn, one by one; those that hold all of it in one line. */
function zones({ zones: lines, before, after }: PreviewParcel): TemplateResult[] {
  const touched = lines.filter((zone) => zone.before_m2 > 0 || zone.after_m2 > 0)
  const isWhole = (zone: ZoneChange) => !zone.alert && (before === null || near(zone.before_m2, before.m2)) && (after === null || near(zone.after_m2, after.m2))
  const whole = touched.filter(isWhole)
  const parts = touched.filter((zone) => !isWhole(zone)).map((zone) => {
    const moved = Math.abs(zone.after_m2 - zone.before_m2) >= 0.05
    return html`<div class="line num ${zone.alert && zone.after_m2 > 0 ? 'alert' : ''}" data-zone=${zone.layer}><span class="ellipsis" title=${zone.title}>${zone.title}</span>
      <span>${moved ? arrow(mu(zone.before_m2), mu(zone.after_m2)) : mu(zone.after_m2)} ${t('亩')}</span></div>`
  })
  if (whole.length === 0) return parts
  const names = whole.map((zone) => zone.title).join('、')
  return [...parts, html`<div class="line whole"><span class="ellipsis" title=${names}>${t('全部在内')} · ${names}</span></div>`]
}

const totals = (preview: Preview): TemplateResult => html`<dl class="totals num">
  <dt title=${t('平面面积之和的变化；范围内的编辑应为 0')}>${t('平面合计')}</dt><dd>${delta(preview.plane_delta_m2, 3)} ㎡</dd>
  <dt title=${t('椭球面积不可加，划分后合计会有微小差别')}>${t('椭球合计')}</dt><dd>${delta(preview.ellipsoidal_delta_m2, 3)} ㎡</dd></dl>`

/** What the program changed by itself, one by one. */
export function automatic(editor: Editor): TemplateResult | typeof nothing {
  const lines = editor.session?.preview?.automatic ?? []
  if (lines.length === 0) return nothing
  const row = (line: AutomaticLine) => html`<li><span class="ellipsis" title=${line.parcel_id}>${line.parcel_id}</span><span>${line.what}</span><span class="num">${delta(line.delta_m2, 3)} ㎡</span></li>`
  return html`<section><details ?open=${lines.length <= 3}><summary>${t('自动改动 {count} 项', { count: lines.length })}</summary><ul class="automatic">${lines.map(row)}</ul></details></section>`
}
