import type { Camera } from './map/view'
import type { Theme } from './theme'

/** What a visitor set up on the desk; kept while the page lives, so that other pages can be visited and left. */
export interface Remembered {
  camera?: Camera
  theme?: Theme
  year?: number
  visible?: Record<string, boolean>
  opacity?: Record<string, number>
  rulebook?: string
  folded?: Partial<Record<'left' | 'right' | 'bottom', boolean>>
}

const kept = new Map<string, Remembered>()

/** Return what is kept for a workspace; changes to it stay. */
export function remembered(workspace: string): Remembered {
  const found = kept.get(workspace) ?? {}
  kept.set(workspace, found)
  return found
}
