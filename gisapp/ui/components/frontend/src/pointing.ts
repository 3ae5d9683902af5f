import type { Pick } from './map/pointer'
import { UNCERTAIN_M } from './map/transit'
import type { MapView } from './map/view'
import type { DeskModel } from './model'
import { pointNote } from './point-note'
import type { SearchHit } from './types'

/** Zoom at which parcels are large enough to be told apart. */
const COME_NEAR = 14.6

/** What the pointer does on the map of a desk: notes on points, hover, selection, and what a search brings into view. */
export class Pointing {
  private pinned = false

  constructor(
    private readonly model: DeskModel,
    private readonly map: () => MapView | null,
    private readonly changed: () => void,
  ) {}

  release(): void {
    this.pinned = false
  }

  click(pick: Pick): void {
    this.pinned = false
    this.point(pick)
    this.pinned = pick.kind === 'point'
    if (pick.kind !== 'parcel') return
    if (pick.layer === 'parcel' && pick.fid !== null) return void this.model.selectFeature(pick.fid, pick.properties)
    // From afar there are only classes and points: come near, then select what lies there.
    this.map()?.go({ lon: pick.lon, lat: pick.lat, zoom: COME_NEAR })
    this.map()?.seek({ kind: 'parcel', lon: pick.lon, lat: pick.lat })
  }

  hover(pick: Pick): void {
    const fid = pick.kind === 'parcel' ? pick.fid : null
    if (fid !== this.model.hoverFid) {
      this.model.hoverFid = fid
      this.changed()
    }
    if (!this.pinned) this.point(pick)
  }

  /** A search hit: select the parcel, or go to the place and point at the station there. */
  found(hit: SearchHit): void {
    this.pinned = false
    // What was pointed at before has nothing to do with what was found.
    this.model.note = null
    this.model.disc = null
    if (hit.parcel_id) void this.model.select(hit.parcel_id, null, true)
    else this.map()?.go({ ...hit, zoom: hit.bbox ? undefined : 15 })
    this.map()?.seek(hit.kind === 'station' ? { kind: 'station', title: hit.title, lon: hit.lon, lat: hit.lat } : null)
  }

  /** What was sought has come on screen. */
  sighted(found: Pick): void {
    if (found.kind === 'parcel' && found.fid !== null) return void this.model.selectFeature(found.fid, found.properties)
    this.point(found)
    this.pinned = true
  }

  /** Say what a station or another named point is, and draw how far its position may be off. */
  private point(pick: Pick): void {
    const note = pick.kind === 'point' ? pointNote(pick.properties) : null
    const accuracy = Number(pick.properties['accuracy_m'] ?? 0)
    const uncertain = pick.kind === 'point' && accuracy > UNCERTAIN_M
    if (note === this.model.note && uncertain === (this.model.disc !== null)) return
    this.model.note = note
    this.model.disc = uncertain ? { lon: pick.lon, lat: pick.lat, radius: accuracy } : null
    this.changed()
  }
}
