import { type TemplateResult, css, html, nothing, svg } from 'lit'
import { define } from '../mount'
import { Panel } from '../panels/panel'
import { base } from '../styles'
import { t } from '../texts'
import { type LineageLayout, layLineage, pathOf } from './lineage-layout'
import type { HistoryAnswer, LineageNode } from './types'

const ROW_PX = 34
const LANE_PX = 18
const INSET_PX = 12

/** What a parcel came out of and what came out of it (沿革): one parcel a row, oldest above. */
export class LineagePanel extends Panel {
  static override properties = { lineage: { attribute: false }, parcelId: { type: String } }
  static override styles = [base, css`
    :host { display: block; }
    .graph { position: relative; }
    svg { position: absolute; left: 0; top: 0; pointer-events: none; }
    .link { fill: none; stroke: #9fb3c4; stroke-width: 1.6; }
    .link.near { stroke: var(--accent); stroke-width: 2; }
    .dot { fill: var(--accent); stroke: #fff; stroke-width: 1.5; }
    .dot.gone { fill: #fff; stroke: #8d9bab; stroke-width: 1.6; }
    .dot.here { stroke: var(--accent); stroke-width: 2; fill: var(--accent); }
    .ring { fill: none; stroke: var(--accent); stroke-width: 1.5; }
    button { display: flex; align-items: center; gap: 10px; width: 100%; height: ${ROW_PX}px; padding-right: 8px; border-radius: 4px; min-width: 0; }
    button:hover { background: var(--wash); }
    button[aria-current='true'] { background: var(--accent-wash); }
    button[aria-current='true'] .name { font-weight: 600; }
    .name { flex: 1 1 auto; min-width: 0; }
    small { font-size: 12px; font-weight: 400; color: var(--ink-3); margin-left: 4px; }
    .gone .name { color: var(--ink-3); }
    .when { flex: none; font-size: 12px; color: var(--ink-3); }
  `]
  declare lineage: HistoryAnswer['lineage']
  declare parcelId: string

  override render(): TemplateResult {
    const layout = layLineage(this.lineage.nodes, this.lineage.edges)
    const left = INSET_PX * 2 + (layout.lanes - 1) * LANE_PX
    return html`<div class="graph">
      ${this.drawing(layout, left)}
      <ul>${layout.nodes.map(({ node }) => html`<li>
        <button class=${node.alive ? '' : 'gone'} style="padding-left:${left + 4}px" aria-current=${node.parcel_id === this.parcelId}
          title=${node.alive ? node.parcel_id : t('{parcel}：已不存在', { parcel: node.parcel_id })} @click=${() => this.tell('lineage-choose', node)}>
          <span class="name ellipsis num">${node.title || node.parcel_id}${node.title && node.title !== node.parcel_id ? html` <small>${node.parcel_id}</small>` : nothing}</span><span class="when num">${lifeOf(node)}</span></button></li>`)}</ul>
    </div>`
  }

  private drawing(layout: LineageLayout, width: number): TemplateResult {
    const height = layout.nodes.length * ROW_PX
    const near = (parent: string, child: string) => (parent === this.parcelId || child === this.parcelId ? 'near' : '')
    return html`<svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
      ${layout.links.map((link) => svg`<path class="link ${near(link.parent, link.child)}" d=${pathOf(link, LANE_PX, ROW_PX, INSET_PX)}/>`)}
      ${layout.nodes.map(({ node, row, lane }) => {
        const x = INSET_PX + lane * LANE_PX
        const y = row * ROW_PX + ROW_PX / 2
        const here = node.parcel_id === this.parcelId
        return svg`${here ? svg`<circle class="ring" cx=${x} cy=${y} r="8"/>` : null}
          <circle class="dot ${node.alive ? '' : 'gone'} ${here && node.alive ? 'here' : ''}" cx=${x} cy=${y} r="4.6"/>`
      })}
    </svg>`
  }
}

/** Say from which revision to which a parcel was there. */
function lifeOf(node: LineageNode): string {
  const born = revisionText(node.born)
  if (node.alive) return born ? t('{from} 起', { from: born }) : t('现存')
  const died = revisionText(node.died)
  return born && died ? `${born}–${died}` : died ? t('至 {to}', { to: died }) : t('已不存在')
}

const revisionText = (value: number | string | null): string =>
  value === null || value === undefined ? '' : typeof value === 'number' || /^\d+$/.test(value) ? `r ${value}` : value.slice(0, 10)

define('gis-lineage', LineagePanel)
