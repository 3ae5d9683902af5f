import { LitElement, type PropertyDeclarations } from 'lit'

/** A panel of the desk: redraws when the language changes, and reports to the desk by bubbling events. */
export class Panel extends LitElement {
  static override properties: PropertyDeclarations = { lang: { type: String } }
  declare lang: string

  protected tell(name: string, detail: unknown = null): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }
}
