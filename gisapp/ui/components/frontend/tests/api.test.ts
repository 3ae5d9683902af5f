import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Api, ApiError } from '../src/api'

const reply = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

describe('the API', () => {
  const fetched = vi.fn<typeof fetch>()
  beforeEach(() => {
    vi.stubGlobal('fetch', fetched)
    vi.stubGlobal('location', { origin: 'http://127.0.0.1:8501' })
  })
  afterEach(() => {
    fetched.mockReset()
    vi.unstubAllGlobals()
  })

  it('sends the token to its own routes and to no other address', () => {
    const api = new Api(() => {})
    api.use('/api', 'secret')
    expect(api.headersFor('/api/search?q=1')).toEqual({ 'X-Gisapp-Token': 'secret' })
    expect(api.headersFor('http://127.0.0.1:8501/api/tiles/v/1/2/3.mvt')).toEqual({ 'X-Gisapp-Token': 'secret' })
    expect(api.headersFor('http://elsewhere.example/api/search')).toBeUndefined()
    expect(api.headersFor('http://127.0.0.1:8501/apiary')).toBeUndefined()
  })

  it('asks for a fresh token once and then again with it', async () => {
    fetched.mockResolvedValueOnce(reply(401, {})).mockResolvedValueOnce(reply(200, { results: [] }))
    const expired = vi.fn(() => queueMicrotask(() => api.use('/api', 'fresh')))
    const api = new Api(expired)
    api.use('/api', 'old')
    await expect(api.get('/search', { q: 'x', park: null })).resolves.toEqual({ results: [] })
    expect(expired).toHaveBeenCalledTimes(1)
    expect(fetched.mock.calls.map(([, init]) => (init?.headers as Record<string, string>)['X-Gisapp-Token'])).toEqual(['old', 'fresh'])
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/search?q=x')
  })

  it('passes on what the app says went wrong and what to do', async () => {
    fetched.mockResolvedValueOnce(reply(404, { error: { message: '没有找到：JB1', action: '检查编号' } }))
    const api = new Api(() => {})
    const error = await api.get('/parcel/JB1').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 404, message: '没有找到：JB1', action: '检查编号' })
  })

  it('says that the service cannot be reached', async () => {
    fetched.mockRejectedValueOnce(new TypeError('failed'))
    await expect(new Api(() => {}).get('/health')).rejects.toMatchObject({ status: 0, message: '连接不上平台服务' })
  })
})
