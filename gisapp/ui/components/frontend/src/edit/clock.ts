import type { Preview } from './types'

/** Times from a gesture to its numbers on screen, for the figures of the edit path. */
export interface PreviewTime {
  /** Whether the verdicts are among the numbers, or areas and findings only. */
  judged: boolean
  gesture_ms: number
  /** When the numbers were in hand, before the frame that draws them: the rest is the browser's drawing. */
  known_ms: number
  route_ms: number
}

declare global {
  interface Window {
    __gisapp_preview?: PreviewTime[]
  }
}

const MOST = 2000

/** Note the time once the numbers of a gesture are painted: after the frame that draws them. */
export function painted(gesture: number, { judged, ms }: Preview): void {
  const known = performance.now() - gesture
  requestAnimationFrame(() => {
    setTimeout(() => {
      const spent = performance.now() - gesture
      const list = (window.__gisapp_preview ??= [])
      const line = { judged, gesture_ms: spent, known_ms: known, route_ms: ms.total }
      list.push(line)
      if (list.length > MOST) list.shift()
      performance.mark('gisapp-preview', { detail: line })
    })
  })
}
