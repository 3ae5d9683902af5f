import { css } from 'lit'

export const deskStyles = css`
  :host { display: block; position: fixed; inset: calc(var(--bar, 48px) * var(--k, 1)) 0 0 0; overflow: hidden; background: #edf0ea; --left: 284px; --right: 392px; --gap: 12px; }
  :host([narrow]) { --left: 246px; --right: 328px; --gap: 10px; }
  :host([mode='map']) { position: relative; inset: auto; border: 1px solid #d5dbe1; border-radius: 6px; }
  .over { position: absolute; inset: 0; zoom: var(--k, 1); pointer-events: none; }
  .over > * { pointer-events: none; }
  .over gis-layers, .over gis-card, .over gis-legend, .over gis-rank, .over gis-tools, .over .tab, .over .note, .over .chips > *, .over .drawer, .over .strip, .over gis-toast { pointer-events: auto; }
  .left { position: absolute; top: var(--gap); left: var(--gap); bottom: var(--gap); width: var(--left); display: flex; align-items: flex-start; }
  .left gis-layers { width: 100%; max-height: 100%; }
  .right { position: absolute; top: var(--gap); right: var(--gap); bottom: var(--gap); width: var(--right); display: flex; flex-direction: column; gap: var(--gap); justify-content: space-between; }
  .left[data-shut], .right[data-shut] { width: 0; }
  .tools { position: absolute; top: var(--gap); left: calc(var(--left) + 2 * var(--gap) + 14px); right: calc(var(--right) + 2 * var(--gap) + 14px); display: flex; flex-direction: column; align-items: flex-start; gap: 8px; }
  .left[data-shut] ~ .tools { left: calc(2 * var(--gap) + 26px); }
  .chips { display: flex; flex-wrap: wrap; gap: 8px; }
  .chips:empty { display: none; }
  .pairs { display: flex; height: 32px; }
  .pairs button { display: flex; align-items: center; gap: 5px; padding: 0 11px; color: var(--ink-2); border-right: 1px solid var(--line); }
  .pairs button:last-child { border-right: 0; }
  .pairs button:hover:not(:disabled) { color: var(--ink); background: var(--wash); }
  .pairs button:disabled { color: #aab5c0; cursor: default; }
  .strip { align-self: stretch; }
  .banner.strip { align-self: flex-start; }
  .banner { display: flex; max-width: 100%; flex-wrap: wrap; align-items: center; gap: 8px; padding: 5px 6px 5px 14px; border-left: 4px solid var(--amber); }
  .banner .btn { min-height: 26px; }
  .banner .x { width: 24px; height: 24px; display: grid; place-content: center; color: var(--ink-3); }
  .drawer { display: flex; flex-direction: column; min-height: 0; flex: 1 1 auto; }
  .drawer > * { min-height: 0; max-height: 100%; }
  gis-toast { position: absolute; left: calc(var(--left) + 2 * var(--gap)); right: calc(var(--right) + 2 * var(--gap)); bottom: calc(var(--gap) + 240px); }
  .bottom[data-shut] ~ gis-toast { bottom: calc(var(--gap) + 52px); }
  .note { padding: 5px 12px; font-size: 13px; }
  .tab { position: absolute; display: grid; place-items: center; width: 17px; height: 44px; top: 8px; color: var(--ink-2); z-index: 2; box-shadow: none; }
  .tab:hover { color: var(--ink); background: #fff; }
  .left .tab { left: 100%; border-left: 0; border-radius: 0 6px 6px 0; }
  .right .tab { right: 100%; border-right: 0; border-radius: 6px 0 0 6px; }
  [data-shut] .tab { width: 28px; height: auto; padding: 9px 0; gap: 5px; border: 1px solid rgba(16, 39, 58, 0.12); border-radius: 6px; }
  .left[data-shut] .tab { left: 0; }
  .right[data-shut] .tab { right: 0; }
  [data-shut] .tab span { writing-mode: vertical-rl; font-size: 12.5px; }
  .bottom { position: absolute; left: calc(var(--left) + 2 * var(--gap)); right: calc(var(--right) + 2 * var(--gap)); bottom: var(--gap); height: 226px; }
  .bottom[data-shut] { height: auto; }
  .bottom gis-rank { height: 100%; }
  .left[data-shut] ~ .bottom { left: calc(2 * var(--gap) + 28px); }
  .right[data-shut] ~ .bottom { right: calc(2 * var(--gap) + 28px); }
  .bare .tools { left: var(--gap); right: var(--gap); }
  .bare .right { top: auto; left: var(--gap); width: auto; }
  .nomap { position: absolute; inset: 0; display: grid; align-content: center; justify-items: center; }
`
