import { type TemplateResult, css, html, nothing } from 'lit'
import { define } from '../mount'
import { icon } from '../panels/icons'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'

/** The frame of a review panel that takes the place of the card: heading, close, and what it holds. */
export class DrawerPanel extends Panel {
  static override properties = { heading: { type: String }, sub: { type: String } }
  static override styles = [base, css`
    :host { display: flex; min-height: 0; flex: 1 1 auto; }
    .panel { display: flex; flex-direction: column; width: 100%; min-height: 0; max-height: 100%; align-self: flex-start; overflow: hidden; }
    header { display: flex; align-items: center; gap: 10px; padding: 9px 9px 8px 16px; border-bottom: 1px solid var(--line); flex: none; }
    h2 { font-size: 15.5px; font-weight: 600; white-space: nowrap; }
    .sub { min-width: 0; font-size: 12.5px; color: var(--ink-2); }
    header button { margin-left: auto; width: 26px; height: 26px; display: grid; place-content: center; color: var(--ink-3); border-radius: 4px; flex: none; }
    header button:hover { background: var(--wash); color: var(--ink); }
  `]
  declare heading: string
  declare sub: string

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('button')?.focus({ preventScroll: true })
  }

  override render(): TemplateResult {
    return html`<section class="panel" aria-label=${this.heading}>
      <header><h2>${this.heading}</h2>${this.sub ? html`<span class="sub ellipsis num" title=${this.sub}>${this.sub}</span>` : nothing}
        <button aria-label=${t('关闭')} title=${t('关闭（Esc）')} @click=${() => this.tell('drawer-close')}>${icon('close', 14)}</button></header>
      <slot></slot>
    </section>`
  }
}

define('gis-drawer', DrawerPanel)
