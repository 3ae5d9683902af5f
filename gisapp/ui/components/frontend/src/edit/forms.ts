import { type TemplateResult, html, nothing } from 'lit'
import { number } from '../format'
import { t } from '../texts'
import type { Editor } from './editor'
import type { PointList } from './points'
import type { Forms, ToolId } from './toolbox'

export interface ToolInfo {
  id: ToolId
  title: string
  key: string
  hint: string
}

export const TOOLS: ToolInfo[] = [
  { id: 'move', title: '移动顶点', key: 'V', hint: '拖动顶点，共用它的地块一起变；拖边中点插入顶点；按住 Shift 拖整条边；Delete 或 Alt＋点击删除顶点' },
  { id: 'split', title: '划线分割', key: 'S', hint: '在地块上画一条横穿的线，双击或按 Enter 分割' },
  { id: 'split_area', title: '按面积分割', key: 'A', hint: '点选一条边，输入面积；沿这条边平行切出' },
  { id: 'merge', title: '合并', key: 'M', hint: '点选相邻地块，合并后的样子随即给出；按 Enter 合并，属性随第一宗' },
  { id: 'cut', title: '批量切割', key: 'C', hint: '画一条线，切开它穿过的地块；只切一部分时先按住 Shift 点选' },
  { id: 'corridor', title: '道路红线', key: 'R', hint: '画道路中线，按宽度从沿线地块划出道路用地' },
  { id: 'draw', title: '新增用地', key: 'N', hint: '逐点画出新地块，或粘贴界址点' },
  { id: 'retire', title: '注销', key: 'X', hint: '注销所选地块；它的位置成为空白' },
  { id: 'values', title: '属性', key: 'T', hint: '修改所选一宗或多宗地块的属性；留空的不变' },
  { id: 'points', title: '坐标录入', key: 'P', hint: '点选一个顶点，输入坐标或方位角与距离；或粘贴整宗界址点' },
  { id: 'measure', title: '量测', key: 'D', hint: '逐点量长度，三点以上给面积，点回起点或双击结束' },
]

export const infoOf = (tool: ToolId): ToolInfo => TOOLS.find(({ id }) => id === tool)!

const text = (event: Event): string => (event.target as HTMLInputElement).value

/** The fields of the tool in hand. */
export function toolForm(editor: Editor): TemplateResult | typeof nothing {
  const { tools } = editor
  const set = <K extends keyof Forms>(name: K) => (event: Event) => tools.set(name, text(event) as Forms[K])
  const finish = (event: Event) => {
    event.preventDefault()
    tools.finish()
  }
  switch (tools.tool) {
    case 'split_area': return html`<form class="form" @submit=${finish}>
      <label class="wide"><span>${t('切出面积')}</span><input id="area" inputmode="decimal" autocomplete="off" .value=${tools.forms.area} placeholder="3.50" @input=${set('area')} /></label>
      <label><span class="sr">${t('单位')}</span><select aria-label=${t('单位')} @change=${set('unit')}><option value="mu" ?selected=${tools.forms.unit === 'mu'}>${t('亩')}</option><option value="m2" ?selected=${tools.forms.unit === 'm2'}>㎡</option></select></label>
      <button class="btn primary" ?disabled=${tools.intent() === null}>${t('分割')}</button></form>`
    case 'corridor': return html`<form class="form" @submit=${finish}>
      <label class="wide"><span>${t('红线宽度（m）')}</span><input id="width" inputmode="decimal" autocomplete="off" .value=${tools.forms.width} @input=${set('width')} /></label>
      <button class="btn primary" ?disabled=${tools.intent() === null}>${t('划出道路')}</button></form>`
    case 'split':
    case 'cut': return html`<form class="form" @submit=${finish}>${penLine(editor)}<button class="btn primary" ?disabled=${tools.intent() === null}>${tools.tool === 'split' ? t('分割') : t('切割')}</button></form>`
    case 'merge': return html`<form class="form" @submit=${finish}><span class="wide num">${t('已选 {count} 宗', { count: tools.picked.length })}</span>
      <button class="btn primary" ?disabled=${tools.picked.length < 2}>${t('合并')}</button></form>${apart(editor)}`
    case 'retire': return html`<form class="form" @submit=${(event: Event) => { event.preventDefault(); retire(editor) }}><span class="wide num">${t('注销所选 {count} 宗', { count: tools.picked.length })}</span>
      <button class="btn danger">${t('注销')}</button></form>`
    case 'draw': return land(editor, finish, set)
    case 'measure': return measure(editor)
    default: return nothing
  }
}

/** Parcels that do not touch become one only if that is chosen. */
function apart(editor: Editor): TemplateResult | typeof nothing {
  const { session, tools } = editor
  if (!tools.forms.apart && !session?.preview?.findings.some(({ code }) => code === 'not_adjacent')) return nothing
  return html`<label class="check footprint"><input type="checkbox" id="apart" .checked=${tools.forms.apart}
    @change=${(event: Event) => { const box = event.target as HTMLInputElement; tools.set('apart', box.checked); box.blur() }} />
    <span>${t('允许合并为互不相连的多部分')}</span></label>`
}

function retire(editor: Editor): void {
  const { session, tools } = editor
  if (!session || tools.picked.length === 0) return
  session.push(session.make.retire(tools.picked))
  tools.choose('move')
}

function penLine(editor: Editor): TemplateResult {
  const { tools } = editor
  return html`<span class="wide num mute">${tools.pen.length === 0 ? t('在地图上点第一个点') : t('{count} 点 · {length} m', { count: tools.pen.length, length: number(tools.measured.length, 1) })}</span>`
}

function land(editor: Editor, finish: (event: Event) => void, set: <K extends keyof Forms>(name: K) => (event: Event) => void): TemplateResult {
  const { tools } = editor
  return html`<form class="form column" @submit=${finish}>
    ${tools.list ? nothing : penLine(editor)}
    ${pasteField(editor)}
    <div class="pair"><label><span>${t('名称')}</span><input autocomplete="off" .value=${tools.forms.name} @input=${set('name')} /></label>
      <label><span>${t('用地代码（必填）')}</span><input autocomplete="off" .value=${tools.forms.use} placeholder="100101" @input=${set('use')} /></label></div>
    <label class="check"><input type="checkbox" id="extend" .checked=${tools.forms.extend} @change=${(event: Event) => tools.set('extend', (event.target as HTMLInputElement).checked)} />${t('扩展范围：这块地在现有地块之外')}</label>
    <button class="btn primary" ?disabled=${tools.intent() === null}>${t('新增')}</button></form>`
}

/** A list of boundary points, and in words how it was read. */
export function pasteField(editor: Editor): TemplateResult {
  const { tools } = editor
  return html`<label><span>${t('粘贴界址点（每行“X Y”或“点号,X,Y”）')}</span>
      <textarea id="points" rows="4" spellcheck="false" .value=${tools.forms.list} placeholder="J1,3552207.915,372418.062" @input=${(event: Event) => tools.set('list', text(event))}></textarea></label>
    ${tools.list ? said(tools.list, editor.desk.data.workspace.crs ?? '') : nothing}`
}

function said(list: PointList, crs: string): TemplateResult {
  const words = [
    list.bad.length > 0 ? t('第 {lines} 行不是坐标', { lines: list.bad.join('、') }) : null,
    list.points.length > 0 && !list.isNear ? t('这些坐标不在本数据附近：请核对坐标系（应为 {crs}）和带号', { crs }) : null,
    list.bad.length === 0 && list.isNear && list.points.length < 3 ? t('至少需要 3 个点') : null,
  ].filter((word) => word !== null)
  const notes = [
    list.notes.includes('swapped') ? t('识别为 X＝北、Y＝东（测绘习惯），已按此读取；请在地图上核对位置') : t('按先东后北读取（{crs}）', { crs }),
    list.notes.includes('zone') ? t('东坐标带有带号，已去掉') : null,
    list.notes.includes('closed') ? t('末点与首点相同，已并为一点') : null,
  ].filter((word) => word !== null)
  const bad = words.length > 0
  return html`<p class="read ${bad ? 'bad' : list.notes.length > 0 ? 'warn' : ''}" role="status"><b class="num">${t('{count} 个界址点', { count: list.points.length })}</b> ${(bad ? words : notes).join('；')}</p>`
}

function measure(editor: Editor): TemplateResult {
  const { tools } = editor
  const { length, area } = tools.measured
  return html`<div class="form column"><dl class="totals num"><dt>${t('长度')}</dt><dd>${number(length, 2)} m</dd>
      ${area === null ? nothing : html`<dt>${t('面积')}</dt><dd><b>${number((area * 3) / 2000, 2)} ${t('亩')}</b> ${number(area, 1)} ㎡</dd>`}</dl>
    <p class="mute">${t('按 {crs} 平面量算；宗地面积以椭球面积为准', { crs: editor.desk.data.workspace.crs ?? '' })}</p></div>`
}
