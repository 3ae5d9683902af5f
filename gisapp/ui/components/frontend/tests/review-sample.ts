import type { BalanceAnswer, BalanceRow, DiffChange, Rev } from '../src/review/types'

export const square = (x: number, y: number, side = 1): GeoJSON.Polygon => ({
  type: 'Polygon',
  coordinates: [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]],
})

export const rev = (over: Partial<Rev>): Rev => ({
  revision: 1, branch: 'official', made_at: '2026-11-22T09:30:00+08:00', author: '周敏', kind: 'edit', kind_title: '编辑', reason: '测绘成果更新',
  document: null, summary: '编辑 A', parcels: ['A'], undoes: null, undone_by: null, ...over,
})

export const change = (over: Partial<DiffChange>): DiffChange => ({
  parcel_id: 'A', title: '甲', kind: 'outline', before: square(0, 0), after: square(0, 0, 2), before_mu: 10, after_mu: 12.5, fields: [], ...over,
})

const row = (over: Partial<BalanceRow>): BalanceRow => ({
  code: '0701', title: '城镇住宅用地', color: '#ffff2d', before_ha: 10, before_share: 1, before_floor_m2: 5000,
  after_ha: 10, after_share: 1, after_floor_m2: 5000, delta_ha: 0, ...over,
})

export const sheet = (rows: Partial<BalanceRow>[], unknown_floor = { before: 0, after: 0 }): BalanceAnswer => ({
  title: '全部地块', rows: rows.map(row), total: row({}), unknown_floor,
})
