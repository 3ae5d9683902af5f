import { type TemplateResult, html, nothing } from 'lit'
import { icon } from '../panels/icons'
import { t } from '../texts'
import type { Choice } from './conflict'
import type { Editor } from './editor'
import type { ConflictLine } from './types'

const WHY = { base: '您和对方都改了这宗地块', read: '对方改了相邻地块', window: '对方在这一范围内新增或移走了地块' }

/** Somebody else was first: parcel by parcel, whose version holds. Nothing is sent before each is chosen. */
export function conflictPanel(editor: Editor): TemplateResult {
  const { session } = editor
  const conflict = session?.conflict
  if (!session || !conflict) return html``
  return html`<section class="conflict" role="alert">
    <h3>${t('{count} 宗地块已被他人修改', { count: conflict.lines.length })}</h3>
    <p class="mute">${t('什么都没有覆盖。看地图：灰虚线为原界，蓝为对方，黄为您的；逐宗选择后再继续。')}</p>
    ${conflict.lines.map((line) => one(editor, line))}
    <div class="buttons"><button class="btn primary" id="rebase" ?disabled=${conflict.undecided > 0} @click=${() => void session.rebase()}>
      ${conflict.undecided > 0 ? t('还有 {count} 宗未选择', { count: conflict.undecided }) : t('按所选继续')}</button></div>
  </section>`
}

function one(editor: Editor, line: ConflictLine): TemplateResult {
  const conflict = editor.session!.conflict!
  const choice = conflict.choices.get(line.parcel_id)
  const button = (kind: Choice, text: string) => html`<button class="btn ${kind}" aria-pressed=${choice === kind} data-choice=${kind} @click=${() => conflict.choose(line.parcel_id, kind)}>${text}</button>`
  return html`<article class="parcel" data-parcel=${line.parcel_id}>
    <div class="name"><span class="ellipsis" title=${line.parcel_id}>${line.title || line.parcel_id}</span>
      <button class="find" aria-label=${t('定位')} title=${t('定位')} @click=${() => editor.look([line])}>${icon('target', 13)}</button></div>
    <p>${line.why_text ?? t(WHY[line.why])}</p>
    <p class="mute num">${[line.author, when(line.made_at), line.reason].filter(Boolean).join(' · ')}${line.revision === null ? nothing : html` · ${t('版本 {revision}', { revision: line.revision })}`}</p>
    <div class="buttons">${conflict.isContested(line)
      ? html`${button('theirs', t('采用对方'))}${button('mine', t('坚持我的'))}`
      : button('theirs', t('按对方现状重新检查'))}</div>
  </article>`
}

/** Return a moment as month, day, hour and minute. */
export const when = (moment: string | null): string => (moment ? moment.replace('T', ' ').slice(5, 16) : '')
