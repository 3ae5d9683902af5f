const QUIET = ['range', 'checkbox', 'radio', 'button']

/** Return whether a key press belongs to a field that takes text, and so is no shortcut. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0]
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !QUIET.includes(target.type)
  return target.isContentEditable || /TEXTAREA|SELECT/.test(target.tagName)
}
