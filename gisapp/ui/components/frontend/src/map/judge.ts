import type { Map as MapLibre } from 'maplibre-gl'
import type { ThemeAnswer } from '../types'

const LAYERS = ['parcel', 'parcel_point']

/** Write verdict letters and scores into the feature state of the parcels, by feature id. */
export function judge(map: MapLibre, answer: ThemeAnswer | null): void {
  if (answer === null) {
    for (const sourceLayer of LAYERS) map.removeFeatureState({ source: 'tiles', sourceLayer })
    return
  }
  for (let fid = 1; fid <= answer.verdict.length; fid += 1) {
    const state = { v: answer.verdict[fid - 1], s: answer.score[fid - 1] ?? null }
    for (const sourceLayer of LAYERS) map.setFeatureState({ source: 'tiles', sourceLayer, id: fid }, state)
  }
}

/** Move a flag (hover, selected) from one feature to another. */
export function flag(map: MapLibre, name: 'hover' | 'selected', from: number | null, to: number | null): void {
  for (const sourceLayer of LAYERS) {
    if (from !== null) map.setFeatureState({ source: 'tiles', sourceLayer, id: from }, { [name]: false })
    if (to !== null) map.setFeatureState({ source: 'tiles', sourceLayer, id: to }, { [name]: true })
  }
}
