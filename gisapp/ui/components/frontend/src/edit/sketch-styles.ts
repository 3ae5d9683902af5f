import { css } from 'lit'

export const sketchStyles = css`
  svg { position: absolute; inset: 0; }
  path { fill: none; stroke-linejoin: round; stroke-linecap: round; }
  .now { fill: rgba(255, 255, 255, 0.35); stroke: #1f5f86; stroke-width: 2.2; }
  .now.wrong { fill: rgba(213, 94, 0, 0.18); stroke: #d55e00; }
  .ghost { fill: none; stroke: #41556a; stroke-width: 1.5; stroke-dasharray: 5 4; }
  .picked { stroke: #1f5f86; stroke-width: 3; fill: rgba(31, 95, 134, 0.12); }
  .picked.first { stroke: #10273a; stroke-width: 3; fill: none; }
  circle { fill: #fff; stroke: #10273a; stroke-width: 1.8; }
  circle.more { stroke: #41556a; stroke-width: 1.3; fill: rgba(255, 255, 255, 0.85); }
  circle.middle { fill: #e3eef5; stroke: #1f5f86; stroke-width: 1.3; }
  circle.main.chosen { fill: #1f5f86; stroke: #fff; stroke-width: 2; }
  circle.hovered { fill: #e6a817; }
  circle.snap { fill: none; stroke: #e6a817; stroke-width: 2.6; }
  circle.snap.edge { stroke-dasharray: 3 2.4; }
  circle.pen { fill: #1f5f86; stroke: #fff; stroke-width: 1.5; }
  .edge { stroke: #e6a817; stroke-width: 5; }
  .pen { stroke: #1f5f86; stroke-width: 2.2; }
  path.pen.draw { fill: rgba(31, 95, 134, 0.14); }
  path.pen.measure { stroke: #10273a; stroke-dasharray: 7 4; }
  .band { stroke: rgba(230, 168, 23, 0.32); stroke-linecap: butt; stroke-linejoin: miter; }
  .finding circle { fill: rgba(213, 94, 0, 0.16); stroke: #d55e00; stroke-width: 2.4; }
  .finding circle.core { fill: #d55e00; stroke: none; }
  .finding[data-severity='warning'] circle { fill: rgba(230, 168, 23, 0.18); stroke: #b57f00; }
  .finding[data-severity='warning'] circle.core { fill: #b57f00; }
  .conflict { stroke-width: 3; }
  .conflict.base { stroke: #74859a; stroke-width: 2; stroke-dasharray: 6 4; }
  .conflict.theirs { stroke: #0072b2; fill: rgba(0, 114, 178, 0.12); }
  .conflict.mine { stroke: #e6a817; fill: rgba(230, 168, 23, 0.16); }
  .conflict.faded { opacity: 0.3; }
  .area, .wrong, .length { position: absolute; white-space: nowrap; font-size: 12.5px; }
  .area { translate: -50% -50%; padding: 0 6px; border-radius: 3px; background: rgba(255, 255, 255, 0.88); font-weight: 600; }
  .wrong { translate: 16px -50%; max-width: 260px; white-space: normal; padding: 4px 9px; border-radius: 4px; background: #8f3a00; color: #fff; }
  .length { translate: 14px 10px; padding: 2px 7px; border-radius: 3px; background: rgba(16, 39, 58, 0.88); color: #fff; }
`
