import { beforeAll, describe, expect, it, vi } from 'vitest'
import { data, layer } from './sample'

let panels: { below: typeof import('../src/panels/legend').below } & Pick<typeof import('../src/panels/layers'), 'parcelRow' | 'hasYears'>

beforeAll(async () => {
  // The panels register themselves as elements, which only a browser has.
  vi.stubGlobal('customElements', { define: () => undefined, get: () => undefined })
  vi.stubGlobal('ResizeObserver', class { observe() {} disconnect() {} })
  const { below } = await import('../src/panels/legend')
  const { parcelRow, hasYears } = await import('../src/panels/layers')
  panels = { below, parcelRow, hasYears }
})

describe('the legend', () => {
  it('counts the entries that lie below what is to be seen', () => {
    const ends = [21, 42, 63, 84, 105, 126]
    expect(panels.below(ends, 88)).toBe(2)
    expect(panels.below(ends, 126)).toBe(0)
    expect(panels.below(ends, 60)).toBe(3)
  })
})

describe('the layer tree', () => {
  it('puts the parcels among layers of land, and in a group of their own where there are none', () => {
    const land = layer({ id: 'plan', role: 'plan', group: 'industry' })
    expect(panels.parcelRow(data([layer({}), land])).group).toBe('industry')
    const own = panels.parcelRow({ ...data([layer({})]), groups: [{ id: 'control', title: '管控' }, { id: 'transit', title: '轨道' }] })
    expect(['control', 'transit']).not.toContain(own.group)
  })

  it('offers the network year only where lines or stations carry years', () => {
    const subway = { ...layer({ id: 'subway', role: 'transit_line', kind: 'line' }), years: false }
    expect(panels.hasYears([subway])).toBe(false)
    expect(panels.hasYears([subway, { ...subway, years: true }])).toBe(true)
    expect(panels.hasYears([layer({})])).toBe(false)
    expect(panels.hasYears([layer({ role: 'station', kind: 'point' })])).toBe(true)
  })
})
