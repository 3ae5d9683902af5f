import { describe, expect, it } from 'vitest'
import { fitting } from '../src/fitting'

const WIDTHS = [50, 60, 70, 80]
const MORE = 40

describe('the buttons of a row that is too narrow', () => {
  it('are all shown as long as they fit to the pixel', () => {
    expect(fitting(WIDTHS, 0, 260, MORE)).toEqual([0, 1, 2, 3])
    expect(fitting(WIDTHS, 0, 259, MORE)).toEqual([0, 1, 2])
  })

  it('leave room for the button of the menu', () => {
    expect(fitting(WIDTHS, 0, 220, MORE)).toEqual([0, 1, 2])
    expect(fitting(WIDTHS, 0, 219, MORE)).toEqual([0, 1])
    expect(fitting(WIDTHS, 0, 149, MORE)).toEqual([0])
  })

  it('never hide the current page', () => {
    expect(fitting(WIDTHS, 3, 230, MORE)).toEqual([0, 1, 3])
    expect(fitting(WIDTHS, 3, 229, MORE)).toEqual([0, 3])
    expect(fitting(WIDTHS, 2, 161, MORE)).toEqual([0, 2])
    expect(fitting(WIDTHS, 3, 150, MORE)).toEqual([3])
    expect(fitting(WIDTHS, 3, 0, MORE)).toEqual([3])
  })

  it('may be none where no page is the current one', () => {
    expect(fitting(WIDTHS, -1, 89, MORE)).toEqual([])
    expect(fitting(WIDTHS, -1, 90, MORE)).toEqual([0])
  })

  it('shows the more the wider the room is, in their order, and never more than fits', () => {
    for (let current = 0; current < WIDTHS.length; current += 1) {
      let before = 0
      for (let room = 0; room <= 300; room += 1) {
        const shown = fitting(WIDTHS, current, room, MORE)
        expect(shown).toContain(current)
        expect(shown).toEqual([...shown].sort((a, b) => a - b))
        expect(shown.length).toBeGreaterThanOrEqual(before)
        const wide = shown.reduce((sum, i) => sum + WIDTHS[i]!, 0) + (shown.length < WIDTHS.length ? MORE : 0)
        if (shown.length > 1) expect(wide).toBeLessThanOrEqual(room)
        before = shown.length
      }
    }
  })
})
