/** What the routes of the edit path take and answer. Native coordinates are metres as the store has them, bit-exact. */

export type XY = [number, number]
/** A corner: exact native x (east), y (north) [m], and where it is drawn: lon, lat [degrees]. */
export type Corner = [number, number, number, number]
export type Ring = Corner[]
export type Polygons = Ring[][]

export interface FabricParcel {
  parcel_id: string
  fid: number
  version: number
  title: string
  registered: boolean
  use_code: string | null
  polygons: Polygons
}

export interface FabricAnswer {
  branch: string
  revision: number
  parcels: FabricParcel[]
  selected: string | null
}

export interface Move {
  at: XY
  to?: XY
  snap?: XY
}

export interface Insert {
  a: XY
  b: XY
  at: XY
}

export type Op = 'reshape' | 'split' | 'split_area' | 'cut' | 'corridor' | 'merge' | 'draw' | 'retire' | 'attribute'

export interface Intent {
  op: Op
  parcel_ids: string[]
  crs: string
  moves?: Move[]
  inserts?: Insert[]
  deletes?: XY[]
  polygons?: XY[][][]
  line?: XY[]
  width_m?: number
  edge?: [XY, XY]
  area_m2?: number
  area_mu?: number
  extend?: boolean
  apart?: boolean
  values?: Record<string, string | number | boolean | null>
}

export interface Area {
  m2: number
  mu: number
}

export interface ZoneChange {
  layer: string
  title: string
  alert?: boolean
  before_m2: number
  after_m2: number
}

export interface PreviewParcel {
  parcel_id: string
  title: string
  status: 'changed' | 'new' | 'gone'
  version: number
  before: Area | null
  after: Area | null
  registered_m2: number | null
  zones: ZoneChange[]
  verdict: { before: string | null; after: string | null; before_text: string | null; after_text: string | null } | null
  score: { before: number | null; after: number | null } | null
  geometry: GeoJSON.Geometry | null
  polygons: Polygons | null
  use_code: string | null
}

export interface FindingLine {
  code: string
  severity: 'error' | 'warning' | 'note'
  message: string
  parcel_ids: string[]
  area_m2: number | null
  lon: number | null
  lat: number | null
}

export interface AutomaticLine {
  parcel_id: string
  what: string
  before_m2: number
  after_m2: number
  delta_m2: number
}

/** A sum field that is not divided by area in silence: the user gives each part its own, or leaves it open. */
export interface Need {
  parcel_id: string
  field: string
  title: string
  unit: string | null
  total: number | null
  parts: string[]
}

export interface Preview {
  ok: boolean
  /** Whether the verdicts after the steps are in it. */
  judged: boolean
  target: { branch: string | null; title: string | null; forced: boolean; why: string | null }
  ms: { total: number; topology: number; evaluate: number }
  overlaps: number
  gaps: number
  plane_delta_m2: number
  ellipsoidal_delta_m2: number
  parcels: PreviewParcel[]
  findings: FindingLine[]
  automatic: AutomaticLine[]
  needs: Need[]
}

export interface Request {
  branch: string
  seen: number
  base: Record<string, number>
  intents: Intent[]
}

export interface Rev {
  revision: number
  branch: string
  made_at: string
  author: string
  kind: string
  kind_title: string
  reason: string
  summary: string
  parcels: string[]
  undoes: number | null
  undone_by: number | null
}

export interface BranchLine {
  name: string
  title: string
  open: boolean
  author: string
  made_at: string
  head: number
  fork: number | null
  changed: number
}

export interface DraftLine {
  id: string
  branch: string
  title: string
  author: string
  updated_at: string
  steps: number
  mine: boolean
}

export interface EditState {
  branch: string
  head: number
  version: string
  /** How many parcels there are. */
  count: number
  branches: BranchLine[]
  undo: Rev | null
  redo: Rev | null
  drafts: DraftLine[]
  reasons: { code: string; title: string; title_en?: string; document?: boolean }[]
  earliest: string
  latest: string
  user: { name: string; role: string | null }
}

export interface DraftBody {
  seen: number
  base: Record<string, number>
  intents: Intent[]
  focus: string
}

export interface Committed {
  revision: number
  branch: string
  version: string
  count: number
  hash: string
  summary: string
  undo: Rev | null
  parcels: string[]
  descent: [string, string][]
}

export interface ConflictLine {
  parcel_id: string
  title: string
  why: 'base' | 'read' | 'window'
  why_text?: string
  mine_fits?: boolean
  base_version: number
  current_version: number
  revision: number | null
  author: string | null
  made_at: string | null
  reason: string | null
  base: GeoJSON.Geometry | null
  theirs: GeoJSON.Geometry | null
  mine: GeoJSON.Geometry | null
}

export interface WhyNow {
  code: string
  text: string
  document?: string
}

export interface Scheme {
  name?: string
  title?: string
}
