import type { Map as MapLibre } from 'maplibre-gl'

const RATIO = 2

function canvas(size: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const element = document.createElement('canvas')
  element.width = element.height = size * RATIO
  const pen = element.getContext('2d', { willReadFrequently: true })
  if (pen === null) throw new Error('canvas 2d is not available')
  pen.scale(RATIO, RATIO)
  return [element, pen]
}

const data = (pen: CanvasRenderingContext2D, size: number) => pen.getImageData(0, 0, size * RATIO, size * RATIO)

/** Strokes of each hatch in a tile of side `s` that repeats without a seam. */
const HATCH: Record<string, (s: number) => [number, number, number, number][]> = {
  diagonal: (s) => [-1, 0, 1].map((i) => [i * s - 1, s + 1, i * s + s + 1, -1]),
  back: (s) => [-1, 0, 1].map((i) => [i * s - 1, -1, i * s + s + 1, s + 1]),
  cross: (s) => [...(HATCH['diagonal']?.(s) ?? []), ...(HATCH['back']?.(s) ?? [])],
  horizontal: (s) => [[-1, s / 2, s + 1, s / 2]],
  vertical: (s) => [[s / 2, -1, s / 2, s + 1]],
  grid: (s) => [[-1, s / 2, s + 1, s / 2], [s / 2, -1, s / 2, s + 1]],
}

function hatch(name: string, colour: string, k: number) {
  const size = Math.round(8 * k)
  const [, pen] = canvas(size)
  pen.strokeStyle = pen.fillStyle = colour
  pen.lineWidth = 1.25 * k
  if (name.startsWith('dot')) {
    pen.arc(size / 2, size / 2, 1.1 * k, 0, 7)
    pen.fill()
    return data(pen, size)
  }
  for (const [x0, y0, x1, y1] of (HATCH[name] ?? HATCH['diagonal']!)(size)) {
    pen.beginPath()
    pen.moveTo(x0, y0)
    pen.lineTo(x1, y1)
    pen.stroke()
  }
  return data(pen, size)
}

/** Draw a station: solid ring when open, thin when planned, dashed when its position is only estimated. */
function station(kind: string, colour: string, k: number) {
  const change = kind.startsWith('change')
  const radius = (change ? 6.4 : 5) * k
  const size = Math.ceil(radius * 2 + 5 * k)
  const [, pen] = canvas(size)
  const middle = size / 2
  const ring = (r: number, width: number, stroke: string, dash: number[]) => {
    pen.beginPath()
    pen.setLineDash(dash)
    pen.lineWidth = width
    pen.strokeStyle = stroke
    pen.arc(middle, middle, r, 0, Math.PI * 2)
    pen.stroke()
  }
  ring(radius + 0.6 * k, 3 * k, 'rgba(255,255,255,0.85)', [])
  pen.beginPath()
  pen.fillStyle = kind.endsWith('uncertain') ? 'rgba(255,255,255,0.82)' : '#ffffff'
  pen.arc(middle, middle, radius, 0, Math.PI * 2)
  pen.fill()
  const dash = kind.endsWith('uncertain') ? [2.6 * k, 1.9 * k] : []
  ring(radius, (kind.endsWith('open') ? 2.2 : 1.7) * k, colour, dash)
  if (change) ring(radius * 0.5, 1.2 * k, colour, [])
  return data(pen, size)
}

/** Let the map draw `hatch:<name>:<colour>` and `station:<kind>:<colour>` images when a style names them. */
export function drawImages(map: MapLibre, k: () => number): void {
  map.setMissingStyleImageResolver((id) => {
    const [family, name = '', colour = '#000000'] = id.split(':')
    if (map.hasImage(id)) return
    if (family === 'hatch') map.addImage(id, hatch(name, colour, k()), { pixelRatio: RATIO })
    if (family === 'station') map.addImage(id, station(name, colour, k()), { pixelRatio: RATIO })
  })
}
