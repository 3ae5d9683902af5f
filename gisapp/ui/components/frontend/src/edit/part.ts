import { type TemplateResult, html, nothing } from 'lit'
import type { Pick } from '../map/pointer'
import { icon } from '../panels/icons'
import type { DeskHost, Drawn, Part } from '../parts'
import { t } from '../texts'
import type { FaceData, ParcelCard } from '../types'
import { when } from './conflict-panel'
import { BRANCH, COMMITTED, Editor } from './editor'
import { TOOLS } from './forms'
import { Gestures } from './gestures'
import './panel'
import './sketch'
import type { DraftLine, Rev } from './types'

/** Editing as a part of the desk: its buttons, its panel, its drawing, its keys. */
export class EditPart implements Part {
  readonly editor: Editor
  readonly gestures: Gestures
  /** The rulebook and the language that the numbers are asked for in. */
  private asked = ''

  constructor(private readonly desk: DeskHost) {
    this.editor = new Editor(desk, () => this)
    this.gestures = new Gestures(this.editor)
  }

  private readonly reload = (): void => void this.editor.load()
  private readonly hiding = (): void => this.editor.session?.drafts.leave()
  /** The browser asks before a page with unsaved steps is closed, until they are a draft. */
  private readonly closing = (event: BeforeUnloadEvent): void => {
    if (this.editor.session?.drafts.failed) event.preventDefault()
  }

  connect(): void {
    window.addEventListener(COMMITTED, this.reload)
    window.addEventListener(BRANCH, this.reload)
    window.addEventListener('pagehide', this.hiding)
    window.addEventListener('beforeunload', this.closing)
  }

  disconnect(): void {
    window.removeEventListener(COMMITTED, this.reload)
    window.removeEventListener(BRANCH, this.reload)
    window.removeEventListener('pagehide', this.hiding)
    window.removeEventListener('beforeunload', this.closing)
    this.editor.session?.drafts.leave()
    this.gestures.detach()
  }

  used(_data: FaceData): void {
    this.editor.used()
  }

  chips(): Drawn {
    const { editor, desk } = this
    if (!editor.enabled) return nothing
    if (editor.session) return nothing
    const past = Boolean(desk.model.view?.date)
    return html`<div class="panel pairs" role="group" aria-label=${t('撤销与重做')}>
        ${this.turn('undo', editor.state?.undo ?? null, past)}${this.turn('redo', editor.state?.redo ?? null, past)}</div>`
  }

  strip(): Drawn {
    const { editor } = this
    if (!editor.enabled || editor.session) return nothing
    const draft = editor.state?.drafts.find((line) => line.mine && !editor.hidden.has(line.id))
    return draft ? this.banner(draft) : nothing
  }

  private turn(which: 'undo' | 'redo', rev: Rev | null, past: boolean): TemplateResult {
    const { editor } = this
    const name = which === 'undo' ? t('撤销') : t('重做')
    const key = which === 'undo' ? 'Ctrl+Z' : 'Ctrl+Y'
    const what = rev ? t('{name}版本 {revision}：{summary}（{author}，{reason}）', { name, revision: rev.revision, summary: rev.summary, author: rev.author, reason: rev.reason })
      : which === 'undo' ? t('没有可撤销的版本') : t('没有可重做的版本')
    return html`<button id=${which} ?disabled=${rev === null || past || editor.busy} title="${what}（${key}）" @click=${() => (which === 'undo' ? editor.undo() : editor.redo())}>${icon(which, 15)}<span>${name}</span></button>`
  }

  private banner(draft: DraftLine): TemplateResult {
    return html`<div class="panel banner strip" role="status"><span>${t('有未保存的编辑')} <span class="mute num">${draft.title} · ${when(draft.updated_at)} · ${t('{count} 步', { count: draft.steps })}</span></span>
      <button class="btn primary" id="resume" @click=${() => void this.editor.resume(draft)}>${t('继续')}</button>
      <button class="btn" id="drop" @click=${() => void this.editor.giveUp(draft)}>${t('放弃')}</button>
      <button class="x" aria-label=${t('稍后再说')} title=${t('稍后再说')} @click=${() => this.editor.later(draft)}>${icon('close', 12)}</button></div>`
  }

  drawer(): TemplateResult | null {
    const { editor, desk } = this
    if (!editor.session) {
      this.gestures.detach()
      return null
    }
    const asked = `${desk.model.rulebook}/${desk.data.lang}`
    if (this.asked !== asked) {
      if (this.asked !== '') editor.session.again()
      this.asked = asked
    }
    return html`<gis-edit .lang=${desk.data.lang} ?narrow=${desk.narrow} .editor=${editor} .gestures=${this.gestures}></gis-edit>`
  }

  sketch(): Drawn {
    const map = this.desk.map?.map ?? null
    if (!this.editor.session || map === null) return nothing
    this.gestures.attach(map)
    return html`<gis-sketch .lang=${this.desk.data.lang} .editor=${this.editor} .gestures=${this.gestures} .map=${map}></gis-sketch>`
  }

  actions(card: ParcelCard): Drawn {
    const { editor, desk } = this
    const { edit } = desk.data
    if (edit === undefined) return nothing
    const why = !edit.enabled ? (edit.why ?? t('此处不能编辑')) : desk.model.view?.date ? t('正在查看历史日期，只读；回到当前再编辑') : ''
    return html`<button class="btn primary" id="edit" ?disabled=${why !== '' || editor.starting} title=${why || t('编辑界线（E）')} @click=${() => void editor.begin(card.parcel_id)}>${icon('edit', 14)}${t('编辑界线')} E</button>`
  }

  /** The drawer is wanted by another part; steps that are not saved are not put aside for it. */
  yield(): boolean {
    const { editor } = this
    if (!editor.session) return true
    if (editor.session.intents.length > 0) {
      this.desk.toast(t('先保存或放弃正在进行的编辑'), 'bad')
      return false
    }
    editor.leave()
    return true
  }

  click(pick: Pick, event: MouseEvent | null): boolean {
    if (!this.editor.session) return false
    this.gestures.click(pick, event)
    return true
  }

  key(event: KeyboardEvent): boolean {
    const { editor } = this
    if (!editor.enabled) return false
    if (event.ctrlKey || event.metaKey) return this.chord(event)
    if (event.altKey) return false
    if (editor.session) return this.within(event)
    if (event.key.toLowerCase() !== 'e' || this.desk.model.selectedId === null) return false
    void editor.begin(this.desk.model.selectedId)
    return true
  }

  private chord(event: KeyboardEvent): boolean {
    const key = event.key.toLowerCase()
    if (key === 'z' && !event.shiftKey) this.editor.undo()
    else if (key === 'y' || (key === 'z' && event.shiftKey)) this.editor.redo()
    else return false
    return true
  }

  private within(event: KeyboardEvent): boolean {
    const { editor, gestures } = this
    const { tools } = editor
    if (event.key === 'Escape') this.escape()
    else if (event.key === 'Enter') {
      // A button that has the keyboard is pressed by Enter itself.
      if (event.composedPath()[0] instanceof HTMLButtonElement) return false
      if (editor.dialog === 'reason') void editor.commit()
      else if (tools.tool !== 'move' && tools.intent() !== null) tools.finish()
      else if (tools.tool === 'measure') tools.finish()
      else editor.save()
    } else if (editor.dialog !== 'none') return false
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      if (tools.pen.length > 0) tools.drop()
      else gestures.removeChosen()
    } else {
      const info = TOOLS.find(({ key }) => key.toLowerCase() === event.key.toLowerCase())
      if (!info || editor.session?.conflict) return false
      tools.choose(info.id)
    }
    return true
  }

  /** Esc takes back the nearest thing: the drag, the dialog, what is drawn, the tool, the session. */
  private escape(): void {
    const { editor, gestures } = this
    const { tools } = editor
    if (gestures.cancel()) return
    if (editor.dialog !== 'none') return editor.ask('none')
    if (tools.pen.length > 0 || tools.list) {
      tools.reset()
      return editor.changed()
    }
    if (tools.tool !== 'move') return tools.choose('move')
    editor.leave()
  }
}
