import type { FaceData } from './types'

/** What Streamlit passes to a component's default export, on the first run and on every rerun. */
export interface ComponentArgs {
  data: FaceData
  parentElement: ShadowRoot | HTMLElement
  setStateValue(name: string, value: unknown): void
  setTriggerValue(name: string, value: unknown): void
}

export interface Sender {
  state(name: string, value: unknown): void
  trigger(name: string, value: unknown): void
}

/** An element that shows `data` and reports through `sender`. */
export interface FaceElement extends HTMLElement {
  data: FaceData
  sender: Sender
}

const mounted = new WeakMap<Node, FaceElement>()

/** Show `args` in the element that already lives in this parent, or in a new one; return its removal. */
export function mount(args: ComponentArgs, tag: string): () => void {
  const parent = args.parentElement
  let element = mounted.get(parent)
  if (element === undefined) {
    element = document.createElement(tag) as FaceElement
    mounted.set(parent, element)
  }
  element.sender = { state: args.setStateValue, trigger: args.setTriggerValue }
  element.data = args.data
  if (element.parentNode !== parent) parent.appendChild(element)
  return () => {
    mounted.get(parent)?.remove()
    mounted.delete(parent)
  }
}

/** Register a custom element once, however often the module is loaded. */
export function define(tag: string, element: CustomElementConstructor): void {
  if (customElements.get(tag) === undefined) customElements.define(tag, element)
}
