import type { FaceData, LayerInfo } from '../src/types'
import type { MapState } from '../src/map/style'

export const layer = (over: Partial<LayerInfo>): LayerInfo => ({
  id: 'udb', title: '城镇开发边界', group: 'control', kind: 'polygon', role: 'udb', visible: true,
  style: { fill: null, line: '#b3202c', width_px: 2, halo: '#ffffff' },
  ...over,
})

export const data = (layers: LayerInfo[] = []): FaceData => ({
  token: 'secret', api: '/api', version: 'v1', lang: 'zh', texts: {}, product: '江北新区用地分析平台',
  workspace: { id: 'demo', title: '示例', synthetic: true, crs: 'EPSG:4549' },
  groups: [], layers, page: 'map', pages: [],
  land_use: [
    { code: '10', title: '工矿用地', color: '#b38b6d' },
    { code: '1001', title: '工业用地', color: '#bb9674' },
    { code: '100101', title: '一类工业用地', color: '#bb9674' },
    { code: '07', title: '居住用地', color: '#ffff2d' },
  ],
  rulebooks: [{ id: 'redevelopment', title: '低效用地再开发', edition: '2026-03', words: { candidate: '疑似低效用地（待认定）' } }],
})

export const state = (layers: LayerInfo[] = [], over: Partial<MapState> = {}): MapState => ({
  data: data(layers), theme: { kind: 'land' }, year: 2026, visible: {}, opacity: {}, parcelOpacity: 1,
  judged: false, selected: false, k: 1, ...over,
})
