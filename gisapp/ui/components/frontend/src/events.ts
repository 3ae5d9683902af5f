/** The event by which the bar offers a search hit to a desk on the same page; a desk that takes it prevents the default. */
export const FOUND = 'gisapp:found'
