import { describe, expect, it } from 'vitest'
import { changesOverlay, imageryOverlays, registeredOverlay, shapesOf, sidesOf, targetOf } from '../src/review/shapes'
import { countKinds, netMu } from '../src/review/changes'
import { change, square } from './review-sample'

describe('outlines of changes', () => {
  it('show both sides of a moved boundary and one of a parcel that came or went', () => {
    const roles = (...args: Parameters<typeof sidesOf>) => sidesOf(...args).map((shape) => shape.role)
    expect(roles('A', 'outline', square(0, 0), square(1, 0))).toEqual(['before', 'after'])
    expect(roles('A', 'new', null, square(1, 0))).toEqual(['new'])
    expect(roles('A', 'gone', square(0, 0), null)).toEqual(['gone'])
    expect(roles('A', 'attributes', square(0, 0), square(0, 0))).toEqual(['attributes'])
  })
  it('are told apart by more than their colour', () => {
    const { layers } = changesOverlay(shapesOf([change({})]), null, 1)
    const dashes = layers.filter((layer) => /review-(solid|dash|dot)/.test(layer.id)).map((layer) => JSON.stringify((layer.paint as Record<string, unknown>)['line-dasharray'] ?? null))
    expect(new Set(dashes).size).toBe(3)
  })
  it('mark the one in focus', () => {
    const features = changesOverlay(shapesOf([change({}), change({ parcel_id: 'B', kind: 'new' })]), 'B', 1).geojson?.features ?? []
    expect(features.map((feature) => [feature.properties?.['id'], feature.properties?.['on']])).toEqual([['A', false], ['A', false], ['B', true]])
  })
  it('carry ids that begin with the overlay', () => {
    const overlays = [changesOverlay([], null, 1), registeredOverlay([square(0, 0)], 1), ...imageryOverlays({ id: 'a', title: 'A' }, 1, '/api', 1)]
    for (const { id, layers } of overlays) expect(layers.every((layer) => layer.id.startsWith(id))).toBe(true)
  })
})

describe('where to fly', () => {
  it('holds all sides', () => {
    expect(targetOf([square(0, 0), null, square(4, 2)])).toEqual({ bbox: [0, 0, 5, 3], lon: 2.5, lat: 1.5 })
  })
  it('reads many parts', () => {
    expect(targetOf([{ type: 'MultiPolygon', coordinates: [square(0, 0).coordinates, square(9, 9).coordinates] }])?.bbox).toEqual([0, 0, 10, 10])
  })
  it('is nowhere without outlines', () => {
    expect(targetOf([null])).toBeNull()
  })
})

describe('imagery', () => {
  it('is asked for with the address and zooms of its entry, below the parcels', () => {
    const [ground] = imageryOverlays({ id: 'air 1', title: '航片', tiles: '/imagery/air%201/{z}/{x}/{y}', min_zoom: 9, max_zoom: 17, tile_px: 512 }, 0.5, 'http://h/api', 1)
    expect(ground?.place).toBe('ground')
    expect(ground?.sources?.['imagery']).toMatchObject({ tiles: ['http://h/api/imagery/air%201/{z}/{x}/{y}'], minzoom: 9, maxzoom: 17, tileSize: 512 })
    expect(ground?.layers[0]?.paint).toMatchObject({ 'raster-opacity': 0.5 })
  })
})

it('sums up changes by kind and net area', () => {
  const changes = [change({}), change({ kind: 'gone', after_mu: null, before_mu: 4 }), change({ kind: 'new', before_mu: null, after_mu: 1 }), change({ kind: 'attributes', after_mu: 10 })]
  expect(countKinds(changes)).toEqual({ outline: 1, gone: 1, new: 1, attributes: 1 })
  expect(netMu(changes)).toBeCloseTo(-0.5, 9)
})
