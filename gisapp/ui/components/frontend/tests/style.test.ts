import { createExpression, featureFilter, validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { landUseColour } from '../src/map/parcels'
import { styleOf } from '../src/map/style'
import { isOpen } from '../src/map/transit'
import { soften } from '../src/colour'
import type { LayerInfo } from '../src/types'
import { data, layer, state } from './sample'

const ORIGIN = 'http://127.0.0.1:8501'
const metro = layer({
  id: 'metro', kind: 'line', role: 'transit_line', group: 'transit',
  style: { line: '#5b4ba0', width_px: 3.6, class_field: 'class', classes: [
    { value: '4|operating', title: '4 号线', line: '#5b4ba0' },
    { value: '4|planned', title: '4 号线规划', line: '#5b4ba0', dash: [1.2, 1.6] }] },
})
const stations = layer({ id: 'station', kind: 'point', role: 'station', style: { line: '#10273a', label: 'name', label_min_zoom: 12 } })
const classes = layer({
  id: 'land_class', role: 'land_class',
  style: { fill: '#eeeeee', class_field: 'dlbm', classes: [{ value: '01', title: '耕地', fill: '#f5f8dc' }, { value: '03', title: '林地', fill: '#68b167', hatch: 'dots' }] },
})
const raster = layer({ id: 'elevation', kind: 'raster', role: 'elevation', style: { fill_opacity: 0.5, ramp: [[0, '#dfe8d5', 1], [400, '#8a6f4d', 1]] } })
const hatched = layer({ id: 'redline', role: 'redline', style: { fill: '#d9ead3', fill_opacity: 0.4, line: '#2e7d32', hatch: 'diagonal', dash: [3, 2] } })
const all: LayerInfo[] = [layer({}), hatched, metro, stations, classes, raster]

const value = (expression: unknown, properties: Record<string, unknown>): unknown => {
  const parsed = createExpression(expression, 'value')
  if (parsed.result === 'error') throw new Error(parsed.value.map((error) => error.message).join())
  return parsed.value.evaluate({ zoom: 14 }, { type: 3, properties } as never)
}

describe('the style', () => {
  it('is valid for every theme, width and selection', () => {
    for (const theme of [{ kind: 'land' }, { kind: 'plan' }, { kind: 'verdict', rulebook: 'r' }, { kind: 'score', rulebook: 'r' }] as const)
      for (const selected of [true, false]) {
        const style = styleOf(state(all, { theme, selected, judged: true, k: 2 }), ORIGIN)
        expect(validateStyleMin(style).map((error) => error.message)).toEqual([])
      }
  })
  it('asks for nothing but tiles of this app: no glyphs, no sprite', () => {
    const style = styleOf(state(all), ORIGIN)
    expect(style).not.toHaveProperty('glyphs')
    expect(style).not.toHaveProperty('sprite')
    expect(JSON.stringify(style.sources).match(/https?:\/\/[^/"]+/g)?.every((address) => address === ORIGIN)).toBe(true)
    expect(style.sources['tiles']).toMatchObject({ tiles: [`${ORIGIN}/api/tiles/v1/{z}/{x}/{y}.mvt`] })
  })
  it('draws ground, then parcels, boundaries, lines, stations and names', () => {
    const ids = styleOf(state(all), ORIGIN).layers.map((entry) => entry.id)
    const order = ['elevation/raster', 'land_class/fill', 'parcel-fill', 'parcel-line', 'udb/halo', 'udb/line', 'metro/line', 'selection-line', 'station/station', 'station/label']
    expect(order.map((id) => ids.indexOf(id))).toEqual([...order.map((id) => ids.indexOf(id))].sort((a, b) => a - b))
    expect(order.every((id) => ids.includes(id))).toBe(true)
  })
  it('leaves out what is switched off and fades what is made transparent', () => {
    const style = styleOf(state(all, { visible: { metro: false }, opacity: { redline: 0.5 } }), ORIGIN)
    expect(style.layers.some((entry) => entry.id.startsWith('metro/'))).toBe(false)
    expect(style.layers.find((entry) => entry.id === 'redline/fill')?.paint).toMatchObject({ 'fill-opacity': 0.2 })
  })
  it('asks for no picture of a raster without a ramp', () => {
    const bare = layer({ id: 'depth', kind: 'raster', role: 'flood_depth', style: {} })
    const style = styleOf(state([bare]), ORIGIN)
    expect(style.sources).not.toHaveProperty('raster:depth')
    expect(style.layers.some((entry) => entry.id.startsWith('depth/'))).toBe(false)
  })
  it('is the same for the same state', () => {
    expect(styleOf(state(all), ORIGIN)).toEqual(styleOf(state(all), ORIGIN))
  })
})

describe('colours', () => {
  it('fill a parcel by the longest known prefix of its code', () => {
    const colour = landUseColour('use_code', data().land_use ?? [], soften)
    const hex = (code: string) => String(value(colour, { use_code: code }))
    expect(hex('100102')).toBe(soften('#bb9674'))
    expect(hex('1099')).toBe(soften('#b38b6d'))
    expect(hex('99')).toBe('#f9f7f0')
  })
  it('fill a class by code prefix', () => {
    const fill = styleOf(state(all), ORIGIN).layers.find((entry) => entry.id === 'land_class/fill')
    const colour = (fill?.paint as Record<string, unknown>)['fill-color']
    expect(value(colour, { dlbm: '0301' })).toBe('#68b167')
    expect(value(colour, { dlbm: '1101' })).toBe('#eeeeee')
  })
})

describe('the network year', () => {
  const open = (year: number, properties: Record<string, unknown>) =>
    featureFilter(isOpen(metro, year) as never, 'filter').filter({ zoom: 12 }, { type: 2, properties } as never)
  it('opens a line in its year and not before', () => {
    expect(open(2026, { status: 'construction', opening_year: 2027 })).toBe(false)
    expect(open(2027, { status: 'construction', opening_year: 2027 })).toBe(true)
  })
  it('keeps a line without a year planned, and an operating one open', () => {
    expect(open(2035, { status: 'planned' })).toBe(false)
    expect(open(2026, { status: 'operating' })).toBe(true)
    expect(open(2026, { class: '4|operating' })).toBe(true)
  })
})
