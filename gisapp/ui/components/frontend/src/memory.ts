import type { Camera } from './map/view'
import type { Theme } from './theme'
import type { FaceData } from './types'

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

/** The desk and the map of another page remember each for itself. */
export const memoryKey = (data: FaceData): string => `${data.workspace.id}/${data.mode ?? 'desk'}`

/** Return what is kept under a key; changes to it stay. */
export function remembered(key: string): Remembered {
  const found = kept.get(key) ?? {}
  kept.set(key, found)
  return found
}
