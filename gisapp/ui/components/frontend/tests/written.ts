/** Return a lit template as the text that it would put into the page, attributes included. */
export function written(part: unknown): string {
  if (part === null || part === undefined || typeof part === 'symbol' || typeof part === 'function') return ''
  if (Array.isArray(part)) return part.map(written).join('')
  if (typeof part === 'object' && 'strings' in part && 'values' in part) {
    const { strings, values } = part as { strings: readonly string[]; values: readonly unknown[] }
    return strings.map((text, at) => text + written(values[at])).join('')
  }
  return String(part)
}
