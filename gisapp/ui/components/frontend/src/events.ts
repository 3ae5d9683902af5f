/** The event by which the bar offers a search hit to a desk on the same page; a desk that takes it prevents the default. */
export const FOUND = 'gisapp:found'
/** The event by which a desk says which state of the parcels it shows: a View, or null for the one that Python knows of. */
export const VIEWED = 'gisapp:viewed'
