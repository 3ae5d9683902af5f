/** Times from a gesture to its numbers on screen, for the figures of the edit path. */
export interface PreviewTime {
  gesture_ms: number
  route_ms: number
}

declare global {
  interface Window {
    __gisapp_preview?: PreviewTime[]
  }
}

const MOST = 2000

/** Note the time once the numbers of a gesture are painted: after the frame that draws them. */
export function painted(gesture: number, route: number): void {
  requestAnimationFrame(() => {
    setTimeout(() => {
      const spent = performance.now() - gesture
      const list = (window.__gisapp_preview ??= [])
      list.push({ gesture_ms: spent, route_ms: route })
      if (list.length > MOST) list.shift()
      performance.mark('gisapp-preview', { detail: { gesture_ms: spent, route_ms: route } })
    })
  })
}
