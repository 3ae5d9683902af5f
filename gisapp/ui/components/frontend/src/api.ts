import { t } from './texts'

/** An answer the app refused or a connection that failed: what happened and what to do. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly action: string,
    /** The whole answer, which lists conflicts or findings where there are some. */
    readonly body: unknown = null,
  ) {
    super(message)
  }
}

const TOKEN_WAIT_MS = 8000

/** The app's own API with the session's token; an expired token is renewed once through `onExpired`. */
export class Api {
  private token = ''
  private root = '/api'
  private lang = 'zh'
  private toldAt = 0
  private waiting: (() => void)[] = []

  constructor(private readonly onExpired: () => void) {}

  use(root: string, token: string, lang = 'zh'): void {
    const renewed = token !== this.token
    this.root = root
    this.token = token
    this.lang = lang
    if (renewed) for (const resume of this.waiting.splice(0)) resume()
  }

  /** Return headers for a same-origin API address, nothing for any other. */
  headersFor(url: string): Record<string, string> | undefined {
    const address = new URL(url, location.origin)
    const ours = address.origin === location.origin && address.pathname.startsWith(`${this.root}/`)
    return ours ? { 'X-Gisapp-Token': this.token } : undefined
  }

  async get<T>(path: string, query: Record<string, string | number | null | undefined> = {}, signal?: AbortSignal): Promise<T> {
    const parts = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
    const search = new URLSearchParams(parts.map(([name, value]) => [name, String(value)])).toString()
    const url = `${this.root}${path}${search ? `?${search}` : ''}`
    return this.ask<T>(url, { signal: signal ?? null })
  }

  /** Send JSON; `keepalive` lets it outlive the page. */
  post<T>(path: string, body: unknown, options: { signal?: AbortSignal | null; keepalive?: boolean } = {}): Promise<T> {
    return this.ask<T>(`${this.root}${path}`, { ...options, method: 'POST', body: JSON.stringify(body) })
  }

  delete<T>(path: string): Promise<T> {
    return this.ask<T>(`${this.root}${path}`, { method: 'DELETE' })
  }

  private async ask<T>(url: string, init: RequestInit): Promise<T> {
    return (await (await this.answer(url, init)).json()) as T
  }

  /** Send JSON and return the answer as a file (a spreadsheet). */
  async file(path: string, body: unknown): Promise<Blob> {
    return (await this.answer(`${this.root}${path}`, { method: 'POST', body: JSON.stringify(body) })).blob()
  }

  private async answer(url: string, init: RequestInit): Promise<Response> {
    const sent = this.token
    let answer = await this.send(url, init)
    if (answer.status === 401 && (await this.renewed(sent))) answer = await this.send(url, init)
    if (!answer.ok) throw await failure(answer)
    return answer
  }

  /** Wait for a token other than the `refused` one, asking Python for it; say whether it came in time. */
  private async renewed(refused: string): Promise<boolean> {
    if (this.token !== refused) return true
    const fresh = new Promise<void>((resolve) => this.waiting.push(resolve))
    this.expire(refused)
    await Promise.race([fresh, new Promise((resolve) => setTimeout(resolve, TOKEN_WAIT_MS))])
    return this.token !== refused
  }

  /** Tell Python that a token is no longer taken, not more often than it can answer. */
  expire(refused: string): void {
    if (refused !== this.token || Date.now() - this.toldAt < TOKEN_WAIT_MS) return
    this.toldAt = Date.now()
    this.onExpired()
  }

  private async send(url: string, init: RequestInit): Promise<Response> {
    const type: Record<string, string> = init.body ? { 'Content-Type': 'application/json' } : {}
    type['Accept-Language'] = this.lang
    try {
      return await fetch(url, { ...init, headers: { ...this.headersFor(url), ...type } })
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw new ApiError(0, t('连接不上平台服务'), t('请确认服务仍在运行，然后重试'))
    }
  }
}

async function failure(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => null)) as { error?: { message?: string; action?: string } } | null
  if (answer.status === 401) return new ApiError(401, t('登录凭据已过期'), t('请刷新页面'))
  return new ApiError(
    answer.status,
    body?.error?.message ?? t('平台服务没有给出结果（{status}）', { status: answer.status }),
    body?.error?.action ?? t('请重试；若仍失败，请联系数据管理员'),
    body,
  )
}

/** Return message and action of anything thrown, for a panel's error state. */
export const explain = (error: unknown): { message: string; action: string } =>
  error instanceof ApiError
    ? { message: error.message, action: error.action }
    : { message: t('页面出现意外错误'), action: t('请刷新页面') }
