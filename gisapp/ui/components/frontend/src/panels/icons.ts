import { type TemplateResult, html, svg } from 'lit'

const PATHS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  home: 'M2.5 7.5 8 3l5.5 4.5M4 6.8V13h8V6.8',
  bookmark: 'M4.5 2.5h7v11L8 10.8 4.5 13.5z',
  layers: 'M8 2.5 14 6 8 9.5 2 6zM2.5 9 8 12.3 13.5 9',
  list: 'M5.5 4H14M5.5 8H14M5.5 12H14M2 4h1M2 8h1M2 12h1',
  card: 'M3 2.5h10v11H3zM5.5 6h5M5.5 9h5',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M3.5 6 8 10.5 12.5 6',
  up: 'M3.5 10 8 5.5 12.5 10',
  left: 'M10 3.5 5.5 8 10 12.5',
  right: 'M6 3.5 10.5 8 6 12.5',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4 14 14',
  target: 'M8 1.8v3M8 11.2v3M1.8 8h3M11.2 8h3M8 4.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4z',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  edit: 'M2.8 13.2 3.5 10.2 10.9 2.8 13.2 5.1 5.8 12.5zM9.4 4.3l2.3 2.3',
  undo: 'M6 3 2.8 6.2 6 9.4M3 6.2h6.2a3.8 3.8 0 0 1 0 7.6H6',
  redo: 'M10 3l3.2 3.2L10 9.4M13 6.2H6.8a3.8 3.8 0 0 0 0 7.6H10',
  pass: 'M3 8.5 6.5 12 13 4.5',
  fail: 'M4 4l8 8M12 4l-8 8',
} as const

/** Draw a 16 px line icon in the current colour. */
export const icon = (name: keyof typeof PATHS, size = 16): TemplateResult =>
  html`<svg width=${size} height=${size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" style="flex:none;display:block">${svg`<path d=${PATHS[name]}/>`}</svg>`
