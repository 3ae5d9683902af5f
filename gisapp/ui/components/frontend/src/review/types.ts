/** What the editing routes answer and what the review panels hand each other. */

/** One recorded change set (版本). */
export interface Rev {
  revision: number
  branch: string
  made_at: string
  author: string
  kind: 'seed' | 'edit' | 'import' | 'undo' | 'redo'
  kind_title: string
  reason: string | null
  document: string | null
  summary: string
  parcels: string[]
  undoes: number | null
  undone_by: number | null
}

export interface Branch {
  name: string
  title: string
  open: boolean
  author: string | null
  made_at: string | null
  head: number
  fork: number | null
  changed: number
}

export interface EditState {
  branch: string
  head: number
  version: string
  /** How many parcels there are. */
  count: number
  branches: Branch[]
  earliest: string
  latest: string
  /** The newest revision; null where nothing was ever recorded. */
  newest: Rev | null
}

export interface FieldChange {
  field: string
  title: string
  before: string | number | boolean | null
  after: string | number | boolean | null
}

export interface Sides {
  before: GeoJSON.Geometry | null
  after: GeoJSON.Geometry | null
  before_mu: number | null
  after_mu: number | null
  fields: FieldChange[]
}

/** One change of one parcel; `kind` says what became of the parcel, `kind_title` what the revision was. */
export type HistoryEntry = Omit<Rev, 'kind'> & Sides & { kind: ChangeKind }

export interface LineageNode {
  parcel_id: string
  title: string
  alive: boolean
  born: number | string | null
  died: number | string | null
}

export type LineageEdge = [parent: string, child: string, revision: number]

export interface HistoryAnswer {
  entries: HistoryEntry[]
  lineage: { nodes: LineageNode[]; edges: LineageEdge[] }
}

export type ChangeKind = 'new' | 'gone' | 'outline' | 'attributes'

export interface DiffChange extends Sides {
  parcel_id: string
  title: string
  kind: ChangeKind
}

export interface DiffAnswer {
  changes: DiffChange[]
}

export interface AsOfAnswer {
  revision: number
  version: string
  count: number
  made_at: string
  date: string
}

export interface BalanceRow {
  code: string
  title: string
  color: string | null
  before_ha: number | null
  before_share: number | null
  before_floor_m2: number | null
  before_floor_unknown?: number
  after_ha: number | null
  after_share: number | null
  after_floor_m2: number | null
  after_floor_unknown?: number
  delta_ha: number | null
}

export interface BalanceAnswer {
  title: string
  rows: BalanceRow[]
  total: BalanceRow
  unknown_floor: { before: number; after: number }
  parks?: { id: string; title: string }[]
}

export type Scope = { kind: 'all' } | { kind: 'park'; park: string } | { kind: 'selection' }

export interface Imagery {
  id: string
  title: string
  attribution?: string | null
  as_of?: string | null
  min_zoom?: number | null
  max_zoom?: number | null
  tile_px?: number | null
  /** Address below the root of the API. */
  tiles?: string | null
}

/** A running edit, as the preview route takes it. */
export interface EditSession {
  branch: string
  seen: number
  base: Record<string, number>
  intents: unknown[]
}

export interface Target {
  bbox: [number, number, number, number] | null
  lon: number
  lat: number
}

/** What the routes that record something answer. */
export interface Recorded {
  revision: number
  branch: string
  version: string
  count: number
  summary: string
  parcels: string[]
}

/** What was found about a class of a layer under a red line. */
export type SiteFinding = 'taken' | 'clear' | 'contact' | 'not_loaded' | 'uncovered' | 'overlap'

export interface SiteRow {
  name: string
  finding: SiteFinding
  finding_text: string
  share: number | null
  area_m2: number | null
  area_mu: number | null
  detail: string
  total: boolean
}

export interface SiteTopic {
  id: string
  kind: 'partition' | 'cover' | 'bottom' | 'distance'
  title: string
  title_en: string
  finding: SiteFinding
  finding_text: string
  headline: string
  rows: SiteRow[]
  authority: string
  as_of: string
  citations: { rule_id: string; title: string; title_en: string; threshold: string; clause_title: string; status: string; status_text: string; status_note: string; advice: string }[]
  notes: string[]
}

export interface SiteParcel {
  parcel_id: string
  parcel_code: string | null
  name: string | null
  owner_text: string
  area_m2: number
  taken_m2: number
  taken_share: number
  warnings: string[]
}

/** A red line laid over everything that the workspace has (红线套合). */
export interface SiteAnswer {
  site_id: string
  manifest: { as_of: string; branch: string; revision: number }
  redline: { name: string; notes: string[] }
  area_m2: number
  area_mu: number
  topics: SiteTopic[]
  parcels: SiteParcel[]
  gaps: string[]
}

/** What is laid over the layers: corners drawn on the map [degrees], or a parcel by its own outline. */
export type SiteSubject =
  | { kind: 'drawn'; ring: [number, number][] }
  | { kind: 'parcel'; parcelId: string; title: string; geometry: GeoJSON.Geometry }
