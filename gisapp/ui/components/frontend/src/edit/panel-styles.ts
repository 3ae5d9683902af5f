import { css } from 'lit'

export const panelStyles = css`
  :host { display: flex; min-height: 0; flex: 1 1 auto; }
  .panel { display: flex; flex-direction: column; width: 100%; max-height: 100%; min-height: 0; overflow: hidden; align-self: flex-start; }
  header { position: relative; padding: 11px 16px 9px; border-bottom: 1px solid var(--line); }
  .kicker { display: flex; gap: 8px; font-size: 12.5px; color: var(--ink-2); padding-right: 30px; }
  h2 { font-size: 17px; line-height: 1.3; font-weight: 600; margin: 1px 26px 0 0; }
  .close { position: absolute; top: 9px; right: 9px; width: 26px; height: 26px; display: grid; place-content: center; color: var(--ink-3); border-radius: 4px; }
  .close:hover { background: var(--wash); color: var(--ink); }
  .band { padding: 7px 16px; font-size: 12.5px; border-left: 4px solid var(--amber); background: #fffaf0; color: #7a5600; }
  .band b { display: block; }
  .band.bad { border-color: #d55e00; background: #fbebe0; color: #8f3a00; }
  .tools { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 4px; padding: 8px 12px; border-bottom: 1px solid var(--line); }
  .tools button { display: flex; align-items: center; justify-content: center; height: 28px; padding: 0 2px; border: 1px solid transparent; border-radius: 4px; font-size: 12.5px; color: var(--ink-2); overflow: hidden; white-space: nowrap; }
  .tools button span { overflow: hidden; text-overflow: ellipsis; }
  .tools button:hover { background: var(--wash); color: var(--ink); }
  .tools button[aria-pressed='true'] { background: var(--accent); color: #fff; }
  .hint { padding: 7px 16px; font-size: 12.5px; color: var(--ink-2); background: var(--wash); }
  .scroll { min-height: 0; flex: 0 1 auto; }
  section { padding: 9px 16px; border-top: 1px solid var(--line); }
  h3 { font-size: 12.5px; font-weight: 600; color: var(--ink-2); margin-bottom: 5px; }
  .form { display: flex; align-items: flex-end; gap: 8px; padding: 9px 16px; flex-wrap: wrap; }
  .form.column { flex-flow: column nowrap; align-items: stretch; }
  .form.column > * { min-width: 0; }
  .form.column > p { white-space: normal; }
  .form .form { padding: 0; }
  .form .wide, .form label.wide { flex: 1 1 90px; min-width: 0; align-self: center; }
  label > span:first-child:not(.sr) { display: block; font-size: 12px; color: var(--ink-2); margin-bottom: 2px; }
  input:not([type='checkbox']), textarea { width: 100%; height: 28px; padding: 0 8px; border: 1px solid #c7d0d9; border-radius: 4px; background: #fff; min-width: 0; }
  textarea { height: auto; padding: 5px 8px; resize: vertical; font-variant-numeric: tabular-nums; font-size: 12.5px; }
  input:focus-visible, textarea:focus-visible { outline-offset: 0; }
  select { height: 28px; max-width: 100%; width: 100%; }
  .form label:not(.wide):has(select) { flex: none; }
  .form.column label { width: 100%; }
  .pair { display: flex; gap: 8px; align-items: flex-end; }
  .pair label { flex: 1; min-width: 0; }
  .footprint { padding: 8px 14px; background: #fff7e3; border-left: 4px solid var(--amber, #e6a817); font-size: 13px; }
  .check { display: flex; align-items: center; gap: 7px; }
  .btn:disabled { opacity: 0.5; cursor: default; }
  .btn.danger { border-color: #d9a283; color: #8f3a00; }
  .btn kbd { font: inherit; font-size: 11px; opacity: 0.75; }
  .read { font-size: 12.5px; color: var(--ink-2); }
  .read.warn { color: #7a5600; background: #fffaf0; padding: 5px 8px; border-radius: 4px; }
  .read.bad { color: #8f3a00; background: #fbebe0; padding: 5px 8px; border-radius: 4px; }
  .fit { display: flex; align-items: center; gap: 8px; padding: 8px 16px; border-left: 4px solid #187a4b; background: #edf6f0; color: #135c39; }
  .fit strong { font-weight: 600; }
  .fit .ms { margin-left: auto; font-size: 12px; }
  .fit.bad { border-color: #d55e00; background: #fbebe0; color: #8f3a00; }
  .fit.idle { border-color: #c3ccd5; background: #fff; color: var(--ink-2); font-size: 12.5px; }
  .findings li { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 8px; align-items: start; padding: 6px 16px; border-top: 1px solid var(--line); }
  .findings .mark { padding: 0 6px; border-radius: 3px; font-size: 11.5px; line-height: 18px; background: #eff1f4; color: var(--ink-2); }
  .findings [data-severity='error'] { background: #fdf5ef; }
  .findings [data-severity='error'] .mark { background: #d55e00; color: #fff; }
  .findings [data-severity='warning'] .mark { background: #f6e3b4; color: #6b4c00; }
  .findings button { width: 22px; height: 20px; display: grid; place-content: center; color: var(--accent); }
  .parcel { padding: 7px 0 8px; border-top: 1px solid #edf0f3; }
  .parcel:first-of-type { border-top: 0; padding-top: 2px; }
  .name { display: flex; gap: 8px; justify-content: space-between; align-items: baseline; min-width: 0; }
  .parcel .name { font-weight: 500; }
  .parcel.focus .name > span:first-child { color: var(--accent); }
  .status { flex: none; padding: 0 6px; border: 1px solid #cfd7df; border-radius: 3px; font-size: 11.5px; color: var(--ink-2); font-weight: 400; }
  .size { display: flex; gap: 10px; align-items: baseline; flex-wrap: wrap; }
  .size strong { font-size: 15.5px; }
  .size .delta { margin-left: auto; color: var(--accent); }
  .size .gone { text-decoration: line-through; }
  .line { display: flex; justify-content: space-between; gap: 10px; font-size: 12.5px; }
  .line > span:last-child { white-space: nowrap; }
  .line.num > span:first-child { min-width: 0; }
  .line[data-verdict] > span:last-child { white-space: normal; text-align: right; }
  .line.whole { color: var(--ink-3); }
  .line.whole span { min-width: 0; }
  .line.pending > span:last-child { opacity: 0.55; }
  .alert { color: var(--alert); }
  .totals { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; font-size: 12.5px; color: var(--ink-2); padding-top: 6px; }
  .touched .totals { border-top: 1px solid var(--line); margin-top: 4px; }
  details summary { cursor: pointer; font-size: 12.5px; font-weight: 600; color: var(--ink-2); }
  .automatic li { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) auto; gap: 8px; font-size: 12.5px; padding-top: 3px; }
  .need { padding: 4px 0 6px; }
  .need label { display: grid; grid-template-columns: minmax(0, 1fr) 108px; gap: 10px; align-items: center; margin-top: 3px; }
  .need label > span:first-child { margin: 0; }
  .fields { display: grid; gap: 4px; max-height: 300px; overflow-y: auto; padding: 2px; margin: -2px; scrollbar-width: thin; }
  .field { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) 26px; gap: 6px; align-items: center; }
  .field > span:first-child { margin: 0; }
  .clear { height: 26px; text-align: center; border: 1px solid transparent; border-radius: 4px; color: var(--ink-3); }
  .clear:hover { border-color: #cfd7df; }
  .clear[aria-pressed='true'] { background: #fbebe0; color: #8f3a00; border-color: #d9a283; }
  .dialog { display: grid; gap: 8px; padding: 11px 16px 12px; border-top: 2px solid var(--accent); background: #f7fafc; }
  .dialog h3 { margin: 0; color: var(--ink); font-size: 14px; }
  .dialog label { display: grid; grid-template-columns: 62px minmax(0, 1fr); align-items: center; gap: 8px; }
  .dialog label > span:first-child { margin: 0; font-size: 12.5px; }
  .scheme { display: grid; gap: 8px; padding: 8px 10px; margin: 0 -4px; border-radius: 4px; background: #fffaf0; color: #7a5600; font-size: 12.5px; }
  .scheme label { color: var(--ink); }
  .problem { color: #8f3a00; font-size: 12.5px; }
  .buttons { display: flex; flex-wrap: wrap; gap: 8px; }
  .conflict .parcel .buttons { margin-top: 6px; }
  .conflict > .buttons { margin-top: 8px; }
  .find { flex: none; width: 22px; height: 20px; display: grid; place-content: center; color: var(--accent); }
  .conflict p { font-size: 12.5px; white-space: normal; }
  .btn.theirs[aria-pressed='true'] { border-color: #0072b2; background: #e2eef6; box-shadow: inset 0 0 0 1px #0072b2; }
  .btn.mine[aria-pressed='true'] { border-color: #b57f00; background: #fff5db; box-shadow: inset 0 0 0 1px #b57f00; }
  footer { display: flex; align-items: center; gap: 8px; padding: 9px 16px; border-top: 1px solid var(--line); background: #fff; }
  footer .steps { margin-left: auto; font-size: 12px; color: var(--ink-3); text-align: right; line-height: 1.3; }
  footer .small { width: 30px; padding: 0; }
  :host([narrow]) header { padding: 8px 14px 7px; }
  :host([narrow]) .tools { padding: 6px 8px; gap: 2px; }
  :host([narrow]) .tools button { height: 26px; font-size: 12px; }
  :host([narrow]) .hint, :host([narrow]) .fit, :host([narrow]) section, :host([narrow]) .form, :host([narrow]) footer, :host([narrow]) .dialog { padding-left: 14px; padding-right: 14px; }
  :host([narrow]) .hint { padding-top: 5px; padding-bottom: 5px; }
`
