import { type TemplateResult, html, nothing } from 'lit'
import { t } from '../texts'
import type { Editor } from './editor'
import { pasteField } from './forms'
import { same, xy } from './fabric'
import { millimetres } from './frame'
import type { Gestures } from './gestures'
import { polar, readBearing } from './points'
import type { XY } from './types'

const field = (form: HTMLFormElement, name: string): string => (form.elements.namedItem(name) as HTMLInputElement).value.trim()
const fixed = (value: number): string => value.toFixed(3)

/** Coordinates of the chosen corner, bearing and distance from it, and a whole outline from a list. */
export function coordinates(editor: Editor, gestures: Gestures): TemplateResult {
  const { tools } = editor
  const { chosen } = tools
  return html`<div class="form column">
    <label><span>${t('顶点')}</span>${corners(editor, gestures)}</label>
    ${chosen === null ? nothing : html`
      <form class="pair" @submit=${(event: Event) => typed(event, editor, gestures)}>
        <label><span>${t('北坐标 X')}</span><input name="north" class="num" inputmode="decimal" autocomplete="off" .value=${fixed(chosen[1])} /></label>
        <label><span>${t('东坐标 Y')}</span><input name="east" class="num" inputmode="decimal" autocomplete="off" .value=${fixed(chosen[0])} /></label>
        <button class="btn">${t('移到')}</button>
      </form>
      <form class="pair" @submit=${(event: Event) => turned(event, editor, gestures)}>
        <label><span>${t('方位角')}</span><input name="bearing" autocomplete="off" placeholder="45-30-15" /></label>
        <label><span>${t('距离（m）')}</span><input name="metres" inputmode="decimal" autocomplete="off" placeholder="12.50" /></label>
        <button class="btn">${t('移到')}</button>
      </form>`}
    ${pasteField(editor)}
    ${tools.list ? html`<button class="btn primary" ?disabled=${tools.intent() === null} @click=${() => tools.finish()}>${t('换为新界线')}</button>` : nothing}
  </div>`
}

/** All corners of the parcel in focus as a list, for choosing one without the mouse. */
function corners(editor: Editor, gestures: Gestures): TemplateResult {
  const { tools } = editor
  const edges = gestures.fabric?.edges(tools.focus) ?? []
  const choose = (event: Event) => {
    tools.chosen = edges[Number((event.target as HTMLSelectElement).value)]?.a ?? null
    editor.changed()
  }
  return html`<select class="num" aria-label=${t('顶点')} @change=${choose}>
    <option value="-1" ?selected=${tools.chosen === null}>${t('在地图上点选，或从这里选')}</option>
    ${edges.map(({ a }, i) => html`<option value=${i} ?selected=${tools.chosen !== null && same(tools.chosen, a)}>J${i + 1}  ${fixed(a[1])}, ${fixed(a[0])}</option>`)}</select>`
}

function put(editor: Editor, gestures: Gestures, to: XY): void {
  const frame = editor.session?.frame
  if (!frame || !to.every(Number.isFinite)) return editor.desk.toast(t('请输入有效的坐标'), 'bad')
  gestures.moveChosen(frame.exact(millimetres(to)))
}

function typed(event: Event, editor: Editor, gestures: Gestures): void {
  event.preventDefault()
  const form = event.currentTarget as HTMLFormElement
  const [north, east] = [Number(field(form, 'north')), Number(field(form, 'east'))]
  // Surveyors and maps disagree on which is X; a value in the wrong field would throw the corner out of the county.
  const chosen = editor.tools.chosen
  if (chosen && Math.abs(north - chosen[0]) < 60_000 && Math.abs(east - chosen[1]) < 60_000 && Math.abs(chosen[0] - chosen[1]) > 120_000)
    return editor.desk.toast(t('北坐标与东坐标似乎填反了，请核对'), 'bad')
  put(editor, gestures, [east, north])
}

function turned(event: Event, editor: Editor, gestures: Gestures): void {
  event.preventDefault()
  const form = event.currentTarget as HTMLFormElement
  const bearing = readBearing(field(form, 'bearing'))
  const metres = Number(field(form, 'metres'))
  if (bearing === null) return editor.desk.toast(t('方位角应为 0 至 360 度，如 45.5 或 45-30-15'), 'bad')
  if (!(metres > 0) || editor.tools.chosen === null) return editor.desk.toast(t('请输入大于 0 的距离'), 'bad')
  put(editor, gestures, polar(xy(editor.tools.chosen), bearing, metres))
}
