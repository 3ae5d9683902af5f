import { type TemplateResult, html, nothing } from 'lit'
import { edit } from './edit'
import type { Pick } from './map/pointer'
import type { MapTrouble } from './map/view'
import type { DeskHost, Overlay, Part } from './parts'
import { review } from './review'
import type { FaceData, ParcelCard } from './types'

/** The parts of a desk and what they add to it; the order is that of the chips and of who is asked first. */
export class DeskParts {
  private readonly parts: Part[]
  private kept: Overlay[] = []

  constructor(host: DeskHost) {
    this.parts = [edit(host), review(host)]
  }

  connect(): void {
    for (const part of this.parts) part.connect?.()
  }

  disconnect(): void {
    for (const part of this.parts) part.disconnect?.()
  }

  used(data: FaceData): void {
    for (const part of this.parts) part.used?.(data)
  }

  makeRoom(asking: Part): boolean {
    return this.parts.every((part) => part === asking || (part.yield?.() ?? true))
  }

  key(event: KeyboardEvent): boolean {
    return this.parts.some((part) => part.key?.(event) ?? false)
  }

  click(pick: Pick, event: MouseEvent | null): boolean {
    return this.parts.some((part) => part.click?.(pick, event) ?? false)
  }

  troubled(trouble: MapTrouble): void {
    for (const part of this.parts) part.troubled?.(trouble)
  }

  drawer(): TemplateResult | null {
    for (const part of this.parts) {
      const drawn = part.drawer?.() ?? null
      if (drawn !== null) return drawn
    }
    return null
  }

  chips(): TemplateResult {
    const rows = this.parts.map((part) => part.chips?.() ?? nothing)
    return html`<div class="chips">${rows}</div>${this.parts.map((part) => part.strip?.() ?? nothing)}`
  }

  sketch(): TemplateResult {
    return html`${this.parts.map((part) => part.sketch?.() ?? nothing)}`
  }

  actions(card: ParcelCard): TemplateResult {
    return html`${this.parts.map((part) => part.actions?.(card) ?? nothing)}`
  }

  /** The overlays of all parts; the same array while none of them is another. */
  overlays(): Overlay[] {
    const next = this.parts.flatMap((part) => part.overlays?.() ?? [])
    const same = next.length === this.kept.length && next.every((overlay, i) => overlay === this.kept[i])
    if (!same) this.kept = next
    return this.kept
  }
}
