import type { LocalFabric } from './fabric'
import type { Intent, Preview } from './types'

/** The version that each parcel in hand had when it was first seen: what the steps start from. */
export class Basis {
  private readonly versions = new Map<string, number>()

  /** Note parcels that were not known yet. */
  know(fabric: LocalFabric): void {
    for (const { parcel_id, version } of fabric.parcels.values()) if (!this.versions.has(parcel_id)) this.versions.set(parcel_id, version)
  }

  learn(preview: Preview): void {
    for (const { parcel_id, status, version } of preview.parcels) if (status !== 'new' && version && !this.versions.has(parcel_id)) this.versions.set(parcel_id, version)
  }

  /** Start from other versions of these parcels from now on. */
  take(versions: Iterable<readonly [string, number]>): void {
    for (const [id, version] of versions) this.versions.set(id, version)
  }

  /** Return the versions of the parcels that steps concern; neighbours that only lie there are none of them. */
  of(intents: Intent[], preview: Preview | null): Record<string, number> {
    const touched = preview?.parcels.filter((parcel) => parcel.status !== 'new').map((parcel) => parcel.parcel_id) ?? []
    const ids = new Set([...intents.flatMap((intent) => intent.parcel_ids), ...touched])
    return Object.fromEntries([...ids].flatMap((id) => { const version = this.versions.get(id); return version === undefined ? [] : [[id, version] as const] }))
  }
}
