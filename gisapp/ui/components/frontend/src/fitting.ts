/**
 * Return the places of the buttons that are shown in a row; the others go into a menu.
 *
 * All of them where they fit. Else the first ones that leave room for the current one and for the button of the menu; the
 * current one is shown whatever room there is.
 */
export function fitting(widths: readonly number[], current: number, room: number, more: number): number[] {
  const all = [...widths.keys()]
  if (sumOf(widths) <= room) return all
  const taken = (shown: readonly number[]) => sumOf(shown.map((i) => widths[i]!)) + more
  for (let count = all.length - 1; count > 0; count -= 1) {
    const first = all.slice(0, count)
    const shown = current < count || current < 0 ? first : [...first.slice(0, -1), current]
    if (taken(shown) <= room) return shown
  }
  return current < 0 ? [] : [current]
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
