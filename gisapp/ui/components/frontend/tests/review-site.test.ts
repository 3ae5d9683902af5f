import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeskHost } from '../src/parts'
import type { SiteAnswer, SiteTopic } from '../src/review/types'
import { square } from './review-sample'
import { written } from './written'

// The panels register themselves as elements, which only a browser has.
vi.stubGlobal('customElements', { define: () => undefined, get: () => undefined })
const { Site, geometryOf } = await import('../src/review/site')
const { siteBody } = await import('../src/review/site-body')
const { gapsPart, parcelsPart, toneOf, topicPart } = await import('../src/review/site-topics')

const RING: [number, number][] = [[118.6, 32.1], [118.7, 32.1], [118.7, 32.2]]
const topic: SiteTopic = {
  id: 'farmland', kind: 'bottom', title: '永久基本农田', title_en: 'Farmland', finding: 'taken', finding_text: '压占', headline: '压占 1 200.00 ㎡（12 %）',
  rows: [
    { name: '永久基本农田', finding: 'taken', finding_text: '压占', share: 0.12, area_m2: 1200, area_mu: 1.8, detail: '图斑 A12', total: true },
    { name: '宽度', finding: 'not_loaded', finding_text: '未提供', share: null, area_m2: null, area_mu: null, detail: '', total: false },
  ],
  authority: '示例', as_of: '2025-12-31', notes: ['须核对'],
  citations: [{ rule_id: 'UDB-03', title: '占用永久基本农田', title_en: '', threshold: '> 0 ㎡', clause_title: '土地管理法', status: 'M', status_text: 'M 待核', status_note: '', advice: '' }],
}
const parcel = { parcel_id: 'P1', parcel_code: 'GB1', name: '一号厂', owner_text: '国有', area_m2: 4000, taken_m2: 2000, taken_share: 0.5, warnings: ['已抵押'] }

describe('how loud a topic is', () => {
  it('is an alarm only where land of a bottom line is taken', () => {
    expect(toneOf({ kind: 'bottom', finding: 'taken' })).toBe('alarm')
    expect(toneOf({ kind: 'cover', finding: 'taken' })).toBe('taken')
    expect(toneOf({ kind: 'bottom', finding: 'contact' })).toBe('watch')
    expect(toneOf({ kind: 'bottom', finding: 'clear' })).toBe('clear')
  })
  it('is never clear where nothing is known', () => {
    for (const finding of ['not_loaded', 'uncovered'] as const) expect(toneOf({ kind: 'bottom', finding })).toBe('gap')
  })
})

describe('what is found', () => {
  it('has its headline, rows, notes, clause and source', () => {
    const text = written(topicPart(topic))
    for (const words of ['data-tone=alarm', '压占 1 200.00 ㎡', '1.80 亩', '图斑 A12', '未提供', '须核对', '> 0 ㎡', '土地管理法', 'M 待核', '示例 · 2025-12-31']) expect(text).toContain(words)
  })
  it('lists parcels by what is taken of them, and the gaps', () => {
    const answer = { parcels: [parcel], gaps: ['铁路：宽度未提供'] } as unknown as SiteAnswer
    const text = written(parcelsPart(answer, 'P1', () => undefined))
    for (const words of ['一号厂', '3.00 亩', '50\u202f%', '已抵押', 'aria-pressed=true']) expect(text).toContain(words)
    expect(written(parcelsPart({ ...answer, parcels: [{ ...parcel, taken_share: 0.0004 }] }, null, () => undefined))).toContain('< 0.1\u202f%')
    expect(written(parcelsPart({ ...answer, parcels: [] }, null, () => undefined))).toContain('没有压占地块')
    expect(written(gapsPart(answer))).toContain('宽度未提供')
    expect(written(gapsPart({ ...answer, gaps: [] }))).toBe('')
  })
})

describe('what is asked', () => {
  it('is the drawn ring in degrees, or a parcel by name, in the state that is shown', () => {
    expect(siteBody({ kind: 'drawn', ring: RING }, 'v1')).toEqual({ polygons: [[RING]], crs: 'EPSG:4490', version: 'v1' })
    expect(siteBody({ kind: 'parcel', parcelId: 'P1', title: '一号厂', geometry: square(0, 0) }, 'v2')).toEqual({ parcel_id: 'P1', name: '一号厂', version: 'v2' })
  })
  it('is drawn on the map as a closed ring', () => {
    expect(geometryOf({ kind: 'drawn', ring: RING })).toEqual({ type: 'Polygon', coordinates: [[...RING, RING[0]]] })
  })
})

describe('the pen', () => {
  const dataset: Record<string, string> = {}
  const map = {
    doubleClickZoom: { disable: vi.fn(), enable: vi.fn() }, getContainer: () => ({ dataset }), on: vi.fn(), off: vi.fn(),
    getCanvas: () => ({ getBoundingClientRect: () => ({ left: 0, top: 48 }) }), unproject: ([x, y]: [number, number]) => ({ lng: x / 10, lat: y / 10 }),
  }
  const toast = vi.fn()
  const desk = { map: { map }, redraw: () => undefined, toast, model: { card: { state: 'none' } } } as unknown as DeskHost
  const press = (x: number, y: number, detail = 1) => ({ clientX: x, clientY: y, detail }) as MouseEvent
  const key = (name: string) => ({ key: name }) as KeyboardEvent

  beforeEach(() => {
    vi.stubGlobal('window', { innerWidth: 1600 })
    toast.mockReset()
  })

  it('takes clicks only while it is out, the second press of a double click none', () => {
    const site = new Site(desk)
    expect(site.click(press(10, 58))).toBe(false)
    site.draw()
    expect(dataset['cursor']).toBe('crosshair')
    for (const event of [press(10, 58), press(20, 58), press(20, 68), press(20, 68, 2)]) expect(site.click(event)).toBe(true)
    expect(site.pen).toEqual([[1, 1], [2, 1], [2, 2]])
    expect(site.overlays(true)).toEqual([])
    site.finish()
    expect(site.subject).toEqual({ kind: 'drawn', ring: [[1, 1], [2, 1], [2, 2]] })
    expect(site.drawing).toBe(false)
    expect('cursor' in dataset).toBe(false)
    expect(map.doubleClickZoom.enable).toHaveBeenCalled()
    expect(site.overlays(true)).toBe(site.overlays(true))
    expect(site.overlays(true)).toHaveLength(1)
    expect(site.overlays(false)).toEqual([])
  })

  it('asks for three corners, takes back the last one, and is put away by Esc', () => {
    const site = new Site(desk)
    expect(site.key(key('Enter'))).toBe(false)
    site.draw()
    site.click(press(10, 58))
    site.click(press(20, 58))
    expect(site.key(key('Enter'))).toBe(true)
    expect(toast).toHaveBeenCalledWith('红线至少要三个点', 'bad')
    expect(site.key(key('Backspace'))).toBe(true)
    expect(site.pen).toEqual([[1, 1]])
    expect(site.key(key('h'))).toBe(false)
    expect(site.key(key('Escape'))).toBe(true)
    expect([site.drawing, site.subject, site.pen]).toEqual([false, null, []])
  })
})
