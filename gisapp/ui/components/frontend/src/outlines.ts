/**
 * Return lines along rings, each edge that two of them share only once: dashes drawn twice fill each other's gaps.
 *
 * Rings are closed, with or without their first corner repeated at the end; what is left of one is as few lines as can be.
 */
export function edgesOnce<P>(rings: readonly (readonly P[])[], keyOf: (at: P) => string): P[][] {
  const drawn = new Set<string>()
  return rings.flatMap((ring) => {
    const lines: P[][] = []
    let open: P[] | null = null
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!
      const [from, to] = [keyOf(a), keyOf(b)]
      const edge = from < to ? `${from}|${to}` : `${to}|${from}`
      if (from === to || drawn.has(edge)) {
        if (from !== to) open = null
        return
      }
      drawn.add(edge)
      if (open === null) lines.push((open = [a, b]))
      else open.push(b)
    })
    return lines
  })
}

/** Return the rings of polygons [degrees]. */
export const ringsOf = (geometry: GeoJSON.Geometry): GeoJSON.Position[][] =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : []

/** Return the outlines of polygons as lines, shared edges once. */
export const linesOnce = (geometries: readonly GeoJSON.Geometry[]): GeoJSON.MultiLineString => ({
  type: 'MultiLineString',
  coordinates: edgesOnce(geometries.flatMap(ringsOf), (at) => at.join()),
})
