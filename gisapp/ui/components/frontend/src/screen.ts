export const WIDE_PX = 2560
export const NARROW_PX = 1500
export const ROOMY_PX = 820
export const BAR_PX = 48

/** Return the factor by which type and strokes grow on very wide screens. */
export const scaleFor = (width: number): number => (width >= WIDE_PX ? Math.round((width / 1920) * 100) / 100 : 1)

/** Return whether panels narrow and the list starts folded. */
export const isNarrow = (width: number): boolean => width < NARROW_PX

/** Return whether a drawer leaves room for the legend below it; on a lower screen it would have half the height that it needs. */
export const isRoomy = (height: number, k: number): boolean => height / k >= ROOMY_PX

export type Side = 'left' | 'right' | 'bottom'

/** Return what the open panels cover [CSS px], so that the map centres on what can be seen. */
export const coveredBy = (folded: Record<Side, boolean>, narrow: boolean, k: number) => ({
  left: folded.left ? 0 : (narrow ? 266 : 308) * k,
  right: folded.right ? 0 : (narrow ? 348 : 416) * k,
  top: 0,
  bottom: folded.bottom ? 0 : 240 * k,
})

/** What the controls and the legend cover on a map without panels [CSS px]. */
export const BARE = { left: 0, right: 0, top: 44, bottom: 40 }
