/** What Python hands to the components and what the app's own API answers. Titles come in the chosen language. */

export interface StyleClass {
  value: string | number | boolean
  title: string
  fill?: string | null
  line?: string | null
  dash?: number[] | null
  hatch?: string | null
  width_px?: number | null
}

/** Symbol of a catalogue layer: colours as #rrggbb, widths in CSS pixels. */
export interface LayerStyle {
  fill?: string | null
  fill_opacity?: number | null
  line?: string | null
  width_px?: number | null
  dash?: number[] | null
  hatch?: string | null
  halo?: string | null
  radius_px?: number | null
  label?: string | null
  label_min_zoom?: number | null
  class_field?: string | null
  classes?: StyleClass[] | null
  ramp?: [number, string, number][] | null
}

export interface LayerInfo {
  id: string
  title: string
  group: string
  kind: 'polygon' | 'line' | 'point' | 'raster'
  role?: string | null
  as_of?: string | null
  authority?: string | null
  licence?: string | null
  attribution?: string | null
  count?: number | null
  /** Whether its lines or stations carry years of opening. */
  years?: boolean
  unit?: string | null
  visible: boolean
  min_zoom?: number | null
  style: LayerStyle
}

export interface LandUse {
  code: string
  title: string
  color: string
}

export type VerdictName = 'candidate' | 'not_candidate' | 'prohibited' | 'unknown' | 'not_applicable'

export interface RulebookInfo {
  id: string
  title: string
  edition: string
  words?: Partial<Record<VerdictName, string>> | null
}

export interface Page {
  id: string
  title: string
}

export interface Bookmark {
  id: string
  title: string
  lon: number
  lat: number
  zoom: number
}

export interface WorkspaceInfo {
  id: string
  title: string
  synthetic: boolean
  note?: string | null
  data_date?: string | null
  revision?: string | number | null
  parcels?: number | null
  crs?: string | null
}

/** Everything both components receive; `mode` and `height` only concern the map. */
export interface FaceData {
  token: string
  api: string
  version: string
  branch?: string
  /** Whether parcels may be edited here, and if not, why. */
  edit?: { enabled: boolean; why?: string | null }
  imagery?: { id: string; title: string; attribution?: string | null }[]
  lang: 'zh' | 'en'
  texts: Record<string, string>
  product: string
  workspace: WorkspaceInfo
  user?: { name: string; role?: string | null } | null
  view?: { lon: number; lat: number; zoom: number } | null
  bookmarks?: Bookmark[]
  groups?: { id: string; title: string }[]
  layers?: LayerInfo[]
  land_use?: LandUse[]
  rulebooks?: RulebookInfo[]
  page: string
  pages: Page[]
  selection?: { parcel_id: string } | null
  focus?: { rulebook: string } | null
  mode?: 'desk' | 'map'
  height?: number
}

export interface ThemeAnswer {
  run_id: string
  rulebook: string
  edition: string
  verdict: string
  score: (number | null)[]
}

export interface RankRow {
  fid: number
  parcel_id: string
  parcel_code: string | null
  name: string | null
  verdict: VerdictName
  score: number | null
  score_low: number | null
  score_high: number | null
  rank: number | null
  completeness: number | null
  area_m2: number | null
  advice: string | null
  advice_title: string | null
  advice_title_en?: string | null
  use_code: string | null
  park: string | null
  lon: number
  lat: number
}

export interface RankAnswer {
  run_id: string
  rulebook: string
  edition: string
  title: string
  counts: Partial<Record<VerdictName, number>>
  total: number
  rows: RankRow[]
}

export type Mark = 'pass' | 'fail' | 'hit' | 'unknown' | 'na' | 'scored' | 'condition'

export interface RuleLine {
  rule_id: string
  kind: 'gate' | 'curve' | 'choose'
  role: string | null
  title: string
  title_en?: string
  verdict: string
  mark: Mark
  sentence: string
  value_text: string
  threshold: string | null
  clause: string | null
  clause_title: string | null
  clause_status: string | null
  basis: string
  status: string
  status_text: string
  reason: string | null
  score: number | null
  weight: number | null
  decisive: boolean
  /** What the status letter leaves unsaid: that the text itself has not been seen. */
  status_note?: string
  text_seen?: boolean | null
  score_low?: number | null
  score_high?: number | null
  /** Share of the inputs that is known. */
  known?: number | null
  share?: number | null
  contribution?: number | null
  row?: number | null
  inputs?: { title: string; text: string; missing: boolean }[]
}

export interface EvaluationCard {
  run_id: string
  rulebook: string
  edition: string
  title: string
  title_en?: string
  verdict: VerdictName
  verdict_text: string
  score: number | null
  score_low: number | null
  score_high: number | null
  completeness: number | null
  rank: number | null
  of: number | null
  unranked: boolean
  /** Share of the weight draws in which the parcel is among the first `top_k`; null where it is not ranked. */
  stability?: number | null
  top_k?: number
  draws?: number
  advice: { code: string; title: string; title_en?: string } | null
  score_sum?: string | null
  rules: RuleLine[]
  gaps: string[]
}

export interface ZoneShare {
  layer: string
  title: string
  title_en?: string
  area_m2?: number
  area_mu?: number
  share?: number
  alert?: boolean
  /** The layer is not in this workspace: nothing is known, which is not the same as zero. */
  not_loaded?: boolean
}

export interface ParcelCard {
  fid: number
  parcel_id: string
  parcel_code: string | null
  name: string | null
  lon: number
  lat: number
  bbox: [number, number, number, number]
  geometry: GeoJSON.Geometry
  tags: { text: string; kind: string }[]
  area: { m2: number; mu: number; ha: number; registered_m2: number | null }
  zones: ZoneShare[]
  attributes: {
    field: string
    title: string
    title_en?: string
    text: string
    missing: boolean
    editable?: boolean
    options?: { value: string; title: string }[] | null
  }[]
  evaluation: EvaluationCard | null
  others: {
    rulebook: string
    title: string
    title_en?: string
    verdict: VerdictName
    verdict_text: string
    score: number | null
    rank: number | null
  }[]
}

export interface WouldTakeStep {
  lever: string
  title: string
  who: string
  text: string
  delta: number | null
  unit: string | null
}

/** What would give a parcel the verdict that a rulebook aims at, or which rules stand in the way. */
export interface WouldTakeAnswer {
  parcel_id: string
  verdict: VerdictName
  verdict_text: string
  goal: 'candidate' | 'not_candidate'
  goal_text: string
  reached: boolean
  possible: boolean
  alone: WouldTakeStep[]
  together: WouldTakeStep[]
  binding: { rule_id: string; title: string }[]
  unsure: { rule_id: string; title: string }[]
}

export interface SearchHit {
  kind: 'parcel' | 'enterprise' | 'station' | 'park' | 'place'
  title: string
  subtitle: string | null
  lon: number
  lat: number
  bbox: [number, number, number, number] | null
  parcel_id: string | null
}

/** What a panel shows while an answer is on its way, has come, or has failed. */
export type Loaded<T> =
  | { state: 'none' }
  | { state: 'loading' }
  | { state: 'ready'; value: T }
  | { state: 'failed'; message: string; action: string }
