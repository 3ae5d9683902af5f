import { type TemplateResult, html, svg } from 'lit'
import { REGISTERED, ROLE_COLOUR, type Role } from './shapes'
import type { ChangeKind } from './types'

const DASH: Record<Role, string> = { before: '4 2.6', gone: '4 2.6', attributes: '1.6 2', after: 'none', new: 'none' }

/** Draw an outline of the map as its key shows it. */
export const roleMark = (role: Role): TemplateResult =>
  html`<svg width="24" height="14" viewBox="0 0 24 14" aria-hidden="true" style="display:block;flex:none">${svg`
    <rect x="2" y="2" width="20" height="10" rx="1.5" fill=${role === 'before' ? 'none' : ROLE_COLOUR[role]} fill-opacity="0.14"
      stroke=${ROLE_COLOUR[role]} stroke-width="2" stroke-dasharray=${DASH[role]}/>`}</svg>`

export const kindMark = (kind: ChangeKind): TemplateResult => roleMark(kind === 'outline' ? 'after' : kind)

export const registeredMark = (): TemplateResult =>
  html`<svg width="24" height="14" viewBox="0 0 24 14" aria-hidden="true" style="display:block;flex:none">${svg`
    <rect x="2" y="2" width="20" height="10" rx="1.5" fill="none" stroke=${REGISTERED} stroke-width="1.7" stroke-dasharray="5 2.6"/>`}</svg>`
