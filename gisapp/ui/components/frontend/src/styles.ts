import { css } from 'lit'

/** Type, colours and the few controls that the bar and all panels share. */
export const base = css`
  :host {
    --ink: #10273a; --ink-2: #41556a; --ink-3: #74859a; --line: #dfe4e9; --wash: #f3f6f8;
    --accent: #1f5f86; --accent-wash: #e3eef5; --amber: #e6a817; --alert: #b64a00; --violet: #6a4c9c;
    font-family: 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif;
    font-size: 13px; line-height: 1.45; color: var(--ink);
    font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased;
  }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  button, input, select { font: inherit; color: inherit; letter-spacing: inherit; }
  button { background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 3px; }
  [hidden] { display: none !important; }
  .panel {
    background: rgba(255, 255, 255, 0.965); border: 1px solid rgba(16, 39, 58, 0.12); border-radius: 6px;
    box-shadow: 0 1px 2px rgba(16, 39, 58, 0.06), 0 4px 14px rgba(16, 39, 58, 0.07);
  }
  .scroll { overflow-y: auto; scrollbar-width: thin; scrollbar-color: #c3ccd5 transparent; }
  .chip {
    display: inline-flex; align-items: center; gap: 5px; height: 24px; padding: 0 10px; border: 1px solid #cfd7df;
    border-radius: 12px; background: #fff; color: var(--ink-2); white-space: nowrap; font-size: 12.5px;
  }
  button.chip:hover { border-color: var(--accent); color: var(--ink); }
  .chip[aria-pressed='true'] { border-color: var(--accent); background: var(--accent-wash); color: var(--ink); }
  .btn {
    display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 30px; padding: 0 12px;
    border: 1px solid #c7d0d9; border-radius: 4px; background: #fff; white-space: nowrap;
  }
  .btn:hover { border-color: var(--accent); }
  .btn:disabled, .btn:disabled:hover { opacity: 0.5; cursor: not-allowed; border-color: var(--line); }
  .btn.primary { background: var(--accent); border-color: var(--accent); color: #fff; }
  .mute { color: var(--ink-3); }
  .num { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .ellipsis { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .bone { display: block; height: 12px; border-radius: 3px; background: #e9edf1; animation: breathe 1.4s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: 0.45; } }
  @media (prefers-reduced-motion: reduce) { .bone { animation: none; } }
  .notice { padding: 14px 16px; color: var(--ink-2); }
  .notice strong { display: block; margin-bottom: 3px; color: var(--ink); font-weight: 600; }
  .notice .btn { margin-top: 10px; }
  select {
    height: 26px; padding: 0 24px 0 8px; border: 1px solid #cfd7df; border-radius: 4px; appearance: none; cursor: pointer;
    background: #fff linear-gradient(#41556a, #41556a) no-repeat right 11px center / 0 0;
    background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='8' height='5'%3E%3Cpath d='M0 0h8L4 5z' fill='%2341556a'/%3E%3C/svg%3E");
    background-size: 8px 5px; background-position: right 9px center; background-repeat: no-repeat;
  }
  select:hover { border-color: var(--accent); }
`
