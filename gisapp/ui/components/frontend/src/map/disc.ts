const EARTH_M = 6371008.8

/** Return a polygon of `radius` metres around a point, true to scale on the sphere. */
export function disc(lon: number, lat: number, radius: number, corners = 72): GeoJSON.Polygon {
  const angle = radius / EARTH_M
  const phi = (lat * Math.PI) / 180
  const ring = Array.from({ length: corners + 1 }, (_, i) => {
    const bearing = (2 * Math.PI * (i % corners)) / corners
    const sin = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing)
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(phi),
      Math.cos(angle) - Math.sin(phi) * sin,
    )
    return [lon + (east * 180) / Math.PI, (Math.asin(sin) * 180) / Math.PI]
  })
  return { type: 'Polygon', coordinates: [ring] }
}

/** Return metres on the ground per CSS pixel at a latitude and Web-Mercator zoom (512 px tiles). */
export const metresPerPixel = (lat: number, zoom: number): number =>
  (2 * Math.PI * 6378137 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)
