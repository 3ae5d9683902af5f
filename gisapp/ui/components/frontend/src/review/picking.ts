import type { Pick } from '../map/pointer'
import type { DeskHost, Overlay } from '../parts'
import { INK } from '../colour'
import type { SearchHit } from '../types'

/** Parcels gathered by Shift-click while the balance table is open; an edit session gathers its own. */
export class Picking {
  ids: string[] = []
  private fids = new Map<string, number>()
  private edited: string[] = []

  constructor(private readonly desk: DeskHost) {}

  /** What is selected: by an edit session, by Shift-click, or the one parcel on the card. */
  get all(): string[] {
    if (this.edited.length > 0) return this.edited
    if (this.ids.length > 0) return this.ids
    const { selectedId } = this.desk.model
    return selectedId === null ? [] : [selectedId]
  }

  follow(ids: string[]): void {
    this.edited = ids
    this.desk.redraw()
  }

  /** Shift is for gathering parcels now, or for the zoom box again. */
  begin(on: boolean): void {
    const zoomBox = this.desk.map?.map?.boxZoom
    if (on) zoomBox?.disable()
    else zoomBox?.enable()
    this.clear()
  }

  clear(): void {
    this.ids = []
    this.fids.clear()
    this.desk.redraw()
  }

  /** Add a parcel, or take it out again. */
  async toggle(pick: Pick): Promise<void> {
    if (pick.fid === null) return
    const id = await this.idOf(pick)
    if (id === null) return
    const { selectedId, selectedFid } = this.desk.model
    if (this.ids.length === 0 && selectedId !== null && selectedFid !== null && selectedId !== id) this.put(selectedId, selectedFid)
    if (this.fids.delete(id)) this.ids = this.ids.filter((item) => item !== id)
    else this.put(id, pick.fid)
    this.desk.redraw()
  }

  private put(id: string, fid: number): void {
    this.ids = [...this.ids, id]
    this.fids.set(id, fid)
  }

  private async idOf(pick: Pick): Promise<string | null> {
    const id = pick.properties['parcel_id'] ?? pick.properties['id']
    if (id !== undefined && id !== null) return String(id)
    const code = String(pick.properties['code'] ?? '')
    const { results } = await this.desk.api.get<{ results: SearchHit[] }>('/search', { q: code }).catch(() => ({ results: [] as SearchHit[] }))
    return results.find((hit) => hit.kind === 'parcel' && hit.subtitle === code)?.parcel_id ?? null
  }

  private kept: { ids: string[]; overlays: Overlay[] } = { ids: [], overlays: [] }

  /** Outlines of what was gathered; the same array while it is the same. */
  overlays(k: number): Overlay[] {
    if (this.kept.ids !== this.ids) this.kept = { ids: this.ids, overlays: this.ids.length === 0 ? [] : [pickedOverlay([...this.fids.values()], k)] }
    return this.kept.overlays
  }
}

const pickedOverlay = (fids: number[], k: number): Overlay => {
  const filter = ['in', ['id'], ['literal', fids]] as never
  const of = { source: 'tiles', 'source-layer': 'parcel', minzoom: 13, filter } as const
  return {
    id: 'picked',
    layers: [
      { id: 'picked-fill', type: 'fill', ...of, paint: { 'fill-color': INK, 'fill-opacity': 0.12 } },
      { id: 'picked-line', type: 'line', ...of, paint: { 'line-color': INK, 'line-width': 2.2 * k } },
    ],
  }
}
