import type { Api } from '../src/api'
import { LocalFabric } from '../src/edit/fabric'
import { EditSession } from '../src/edit/session'
import type { Corner, FabricParcel, Intent, Preview, PreviewParcel, XY } from '../src/edit/types'

const EAST = 389_000
const NORTH = 3_578_000
/** Degrees per metre near the demo: good enough for drawing, exact numbers are the native ones. */
const corner = ([x, y]: XY): Corner => [EAST + x, NORTH + y, 118.8 + x * 1.0617e-5, 32.3 + y * 9.019e-6]

export const at = (x: number, y: number): XY => [EAST + x, NORTH + y]

export const parcel = (parcel_id: string, ring: XY[], version = 1): FabricParcel => ({
  parcel_id, fid: 1, version, title: `${parcel_id} 号地`, registered: false, use_code: '100101', polygons: [[ring.map(corner)]],
})

/** Two squares side by side that share the edge x = 100; a third one touches nothing. */
export const squares = (): FabricParcel[] => [
  parcel('A', [[0, 0], [100, 0], [100, 100], [0, 100]]),
  parcel('B', [[100, 0], [200, 0], [200, 100], [100, 100]]),
  parcel('C', [[300, 0], [400, 0], [400, 100], [300, 100]], 4),
]

export const changed = (over: Partial<PreviewParcel>): PreviewParcel => ({
  parcel_id: 'A', title: 'A 号地', status: 'changed', version: 1, before: { m2: 10_000, mu: 15 }, after: { m2: 10_500, mu: 15.75 },
  registered_m2: null, zones: [], verdict: null, score: null, geometry: null, polygons: null, use_code: null, ...over,
})

export const preview = (over: Partial<Preview> = {}): Preview => ({
  ok: true, judged: true, target: { branch: 'official', title: '现状库', forced: false, why: null }, ms: { total: 30, topology: 10, evaluate: 20 },
  overlaps: 0, gaps: 0, plane_delta_m2: 0, ellipsoidal_delta_m2: 0.01, parcels: [changed({})], findings: [], automatic: [], needs: [], ...over,
})

type Post = (path: string, body: Record<string, unknown>) => unknown

export interface Sent {
  path: string
  body: Record<string, unknown> & { intents: Intent[] }
}

/** A session over the squares, with a server that answers what `post` says. */
export function session(post: Post, fabric = squares()) {
  const sent: Sent[] = []
  const events = { changed: 0, stepped: [] as unknown[], times: [] as [number, boolean, number][] }
  const api = {
    post: async (path: string, body: Record<string, unknown>) => {
      sent.push({ path, body: structuredClone(body) as Sent['body'] })
      const answer = await post(path, body)
      return path === '/preview' ? { ...(answer as Preview), judged: body['judge'] !== false } : answer
    },
    get: async () => ({ branch: 'official', revision: 9, parcels: squares().map((item) => ({ ...item, version: 7 })), selected: 'A' }),
    delete: async (path: string) => { sent.push({ path, body: { intents: [] } }); return {} },
  } as unknown as Api
  const made = new EditSession(api, 'official', 5, LocalFabric.of(fabric), 'EPSG:4549', () => 'redevelopment', {
    changed: () => { events.changed += 1 },
    stepped: (request) => events.stepped.push(request),
    numbers: (gesture, { judged, ms }) => events.times.push([gesture, judged, ms.total]),
  }, 'A')
  return { session: made, sent, events, previews: () => sent.filter(({ path }) => path === '/preview') }
}
