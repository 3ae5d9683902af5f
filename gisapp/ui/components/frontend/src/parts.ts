import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import type { TemplateResult, nothing } from 'lit'
import type { Api } from './api'
import type { Pick } from './map/pointer'
import type { MapTrouble, MapView } from './map/view'
import type { DeskModel } from './model'
import type { FaceData, ParcelCard } from './types'

/** Where an overlay lies: over the ground and under parcels (imagery), over the parcels and lines, or over everything but names. */
export type Place = 'ground' | 'over'

/** Sources and layers that a part of the desk adds to the map; ids of both begin with the overlay's own id. */
export interface Overlay {
  id: string
  /** Data of the source that is named like the overlay. */
  geojson?: GeoJSON.FeatureCollection
  /** Further sources (raster tiles); their ids begin with the overlay's id. */
  sources?: Record<string, SourceSpecification>
  layers: LayerSpecification[]
  /** `over` if not said. */
  place?: Place
}

export type Drawn = TemplateResult | typeof nothing | null

/** What a part may ask of the desk. */
export interface DeskHost {
  readonly data: FaceData
  readonly model: DeskModel
  readonly api: Api
  readonly map: MapView | null
  readonly narrow: boolean
  /** Draw the desk again: after any change of what a part returns. */
  redraw(): void
  /** Say something in passing, at the foot of the map. */
  toast(text: string, tone?: 'good' | 'bad'): void
  /** Close whatever other part has its drawer open; false if one refuses (an edit session with unsaved steps). */
  makeRoom(part: Part): boolean
}

/** A part of the desk that comes and goes: editing, review. Methods are called on every drawing of the desk. */
export interface Part {
  /** Buttons in the row under the tools; drawn in the desk's own shadow root (classes .panel .chip .btn apply). */
  chips?(): Drawn
  /** A full line under the chips (a slider). */
  strip?(): Drawn
  /** What takes the place of the card on the right; the first part that returns one has it. */
  drawer?(): TemplateResult | null
  /** Buttons (class btn) at the foot of a parcel's card; drawn in the card's shadow root. */
  actions?(card: ParcelCard): Drawn
  overlays?(): Overlay[]
  /** What is drawn over the map and under the panels, in an element of its own. */
  sketch?(): Drawn
  /** A key that is no text input; true = taken, nobody else hears of it. */
  key?(event: KeyboardEvent): boolean
  /** A click on the map; true = taken, the desk selects nothing. */
  click?(pick: Pick, event: MouseEvent | null): boolean
  /** The map asked for something of a source in vain. */
  troubled?(trouble: MapTrouble): void
  /** Another part wants the drawer: close yours, or return false to refuse. */
  yield?(): boolean
  /** Python handed new data (also the first). */
  used?(data: FaceData): void
  connect?(): void
  disconnect?(): void
}

/** Which state of the parcels is shown: null date = the head of the branch. */
export interface View {
  branch: string
  version: string
  date: string | null
  /** The revision in force there, and how many parcels there are. */
  revision: number
  count: number
}

export const OFFICIAL = 'official'
