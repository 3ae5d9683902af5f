import type { SiteSubject } from './types'

/** The map's degrees are those of CGCS2000. */
const DEGREES = 'EPSG:4490'

/** What the site check routes are asked about a subject in a state of the parcels. */
export const siteBody = (subject: SiteSubject, version: string): Record<string, unknown> =>
  subject.kind === 'parcel'
    ? { parcel_id: subject.parcelId, name: subject.title, version }
    : { polygons: [[subject.ring]], crs: DEGREES, version }
