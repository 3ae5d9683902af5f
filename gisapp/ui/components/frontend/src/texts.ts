let catalogue: Record<string, string> = {}

/** Use `texts` (Chinese message id → translation) from now on. */
export function setTexts(texts: Record<string, string> | null | undefined): void {
  catalogue = texts ?? {}
}

/** Return the text of a Chinese message id in the current language, with {name} replaced from `values`. */
export function t(id: string, values: Record<string, string | number> = {}): string {
  const text = catalogue[id] || id
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}
