/** Shorter breaks than this are not worth a word. */
const PATIENCE_MS = 800
const APP = '[data-testid="stApp"]'
const STATE = 'data-test-connection-state'

/** Whether the page has its server, as Streamlit knows it; its own box about that is closed, which would lock the page. */
export class Connection {
  lost = false
  private readonly seen = new MutationObserver(() => this.look())
  private timer = 0

  constructor(private readonly changed: () => void) {}

  watch(): void {
    const app = document.querySelector(APP)
    if (app !== null) this.seen.observe(app, { attributes: true, attributeFilter: [STATE] })
    this.seen.observe(document.body, { childList: true })
    this.look()
  }

  stop(): void {
    this.seen.disconnect()
    clearTimeout(this.timer)
    this.timer = 0
  }

  private get isAway(): boolean {
    const state = document.querySelector(APP)?.getAttribute(STATE)
    return state !== null && state !== undefined && state !== 'CONNECTED'
  }

  private look(): void {
    const { isAway } = this
    if (isAway) this.dismiss()
    if (!isAway) {
      clearTimeout(this.timer)
      this.timer = 0
      this.tell(false)
    } else if (!this.lost && this.timer === 0) {
      this.timer = setTimeout(() => {
        this.timer = 0
        if (this.isAway) this.tell(true)
      }, PATIENCE_MS) as unknown as number
    }
  }

  private tell(lost: boolean): void {
    if (lost === this.lost) return
    this.lost = lost
    this.changed()
  }

  /** Close Streamlit's box; the app has no dialogs of its own. */
  private dismiss(): void {
    for (const button of document.querySelectorAll<HTMLElement>('[data-testid="stDialog"] [role="dialog"] > button')) button.click()
  }
}
