import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeskHost } from '../src/parts'
import { Picking } from '../src/review/picking'
import { data } from './sample'

vi.mock('../src/panels/layers', () => ({ PARCELS: 'parcel' }))
const { Layers } = await import('../src/review/layers')
const { square } = await import('./review-sample')

const get = vi.fn()
const model = { opacity: {} as Record<string, number>, keep: () => {}, selectedId: 'A' as string | null, selectedFid: 1 as number | null }
const toast = vi.fn()
const desk = { data: { ...data(), imagery: [{ id: 'air', title: '航片' }, { id: 'old', title: '旧片' }] }, model, api: { get }, redraw: () => {}, toast, map: null } as unknown as DeskHost

beforeEach(() => {
  vi.stubGlobal('window', { innerWidth: 1600 })
  vi.stubGlobal('location', { origin: 'http://127.0.0.1:8501' })
  get.mockReset()
  toast.mockReset()
  Object.assign(model, { opacity: {}, selectedId: 'A', selectedFid: 1 })
})
afterEach(() => vi.unstubAllGlobals())

describe('what the review draws', () => {
  it('is the same object while nothing changed, so that the map is not styled anew', () => {
    const layers = new Layers(desk)
    layers.draw([{ id: 'A', role: 'new', geometry: square(0, 0) }], null)
    const first = layers.overlays()
    expect(layers.overlays()).toBe(first)
    layers.draw([{ id: 'A', role: 'new', geometry: square(0, 0) }], 'A')
    expect(layers.overlays()).not.toBe(first)
  })
  it('lets imagery be seen through the parcels, and gives them back as they were', () => {
    const layers = new Layers(desk)
    model.opacity = { parcel: 0.8 }
    layers.choose('air')
    expect(layers.fill).toBeLessThan(0.5)
    layers.choose(null)
    expect(layers.fill).toBe(0.8)
    expect(layers.overlays()).toEqual([])
  })
  it('shows registered outlines on a scheme only, and not under the changes that repeat them', async () => {
    get.mockResolvedValue({ changes: [{ kind: 'outline', before: square(0, 0) }, { kind: 'attributes', before: square(2, 2) }, { kind: 'new', before: null }] })
    const layers = new Layers(desk)
    await layers.register('s1', 4, false)
    expect(layers.registeredCount).toBe(1)
    layers.draw([{ id: 'A', role: 'after', geometry: square(0, 0) }], null)
    expect(layers.registeredCount).toBe(0)
    layers.draw([], null)
    await layers.register('official', 5, false)
    expect(layers.registeredCount).toBe(0)
    expect(get).toHaveBeenCalledTimes(1)
  })
})

describe('imagery that does not come', () => {
  const refused = (status: number, id = 'air') => ({ source: 'imagery', status, url: `http://127.0.0.1:8501/api/imagery/${id}/14/1/2` })
  it('is told once for each choice', () => {
    const layers = new Layers(desk)
    layers.choose('air')
    layers.troubled(refused(403))
    layers.troubled(refused(403))
    expect(toast.mock.calls).toEqual([['影像服务的主机不在允许列表中，请联系系统管理员', 'bad']])
    layers.choose('old')
    layers.troubled(refused(403))
    expect(toast).toHaveBeenCalledTimes(1)
    layers.troubled(refused(502, 'old'))
    expect(toast.mock.calls.at(-1)?.[0]).toMatch(/^影像服务没有给出图片/)
    layers.choose('air')
    layers.troubled(refused(422))
    expect(toast.mock.calls.at(-1)?.[0]).toMatch(/^影像的登记或文件有误/)
    expect(toast).toHaveBeenCalledTimes(3)
  })
  it('is no matter of other sources, of other troubles, or of nobody', () => {
    const layers = new Layers(desk)
    layers.troubled(refused(403))
    layers.choose('air')
    layers.troubled({ ...refused(403), source: 'tiles' })
    layers.troubled(refused(0))
    expect(toast).not.toHaveBeenCalled()
  })
})

describe('parcels gathered by Shift', () => {
  const pick = (id: string, fid: number) => ({ kind: 'parcel', fid, layer: 'parcel', properties: { parcel_id: id }, lon: 0, lat: 0 }) as const
  it('begin with the one on the card, and go in and out', async () => {
    const picking = new Picking(desk)
    expect(picking.all).toEqual(['A'])
    await picking.toggle(pick('B', 2))
    expect(picking.all).toEqual(['A', 'B'])
    await picking.toggle(pick('A', 1))
    expect(picking.all).toEqual(['B'])
  })
  it('are found by their code where the tile carries no id', async () => {
    get.mockResolvedValue({ results: [{ kind: 'parcel', parcel_id: 'C', subtitle: '32010001' }] })
    const picking = new Picking(desk)
    await picking.toggle({ ...pick('', 3), properties: { code: '32010001' } })
    expect(picking.all).toEqual(['A', 'C'])
  })
  it('give way to those of a running edit', async () => {
    const picking = new Picking(desk)
    picking.follow(['X', 'Y'])
    expect(picking.all).toEqual(['X', 'Y'])
    picking.follow([])
    expect(picking.all).toEqual(['A'])
  })
})
