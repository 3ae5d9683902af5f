import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../src/api'
import { at, changed, preview, session } from './edit-sample'

const move = (made: ReturnType<typeof session>, x: number) =>
  made.session.make.move(['A', 'B'], [{ at: at(100, 0), to: at(x, 0), snapped: false }])
const draft = { id: 'd1', updated_at: '2026-11-23T10:00:00' }

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

describe('an edit session', () => {
  it('asks one thing at a time, and only the newest of what waits', async () => {
    const answers: (() => void)[] = []
    const made = session((path) => (path === '/preview' ? new Promise((resolve) => answers.push(() => resolve(preview()))) : draft))
    for (const x of [101, 102, 103, 104]) made.session.attempt(move(made, x), x)
    expect(made.previews()).toHaveLength(1)
    answers[0]!()
    await vi.advanceTimersByTimeAsync(0)
    // The first verdict is due at once; then areas first, and the verdict because nothing newer waits.
    for (const answer of [1, 2, 3]) {
      answers[answer]!()
      await vi.advanceTimersByTimeAsync(0)
    }
    expect(made.previews().map(({ body }) => body.intents[0]?.moves?.[0]?.to?.[0])).toEqual([389_101, 389_101, 389_104, 389_104])
    expect(made.events.times).toEqual([[101, false, 30], [101, true, 30], [104, false, 30], [104, true, 30]])
  })

  it('asks for areas only while gestures follow one another, and shows the verdict before until the new one is in', async () => {
    const answers: (() => void)[] = []
    const judged = changed({ score: { before: 40, after: 41 } })
    const made = session((path, body) => (path === '/preview'
      ? new Promise((resolve) => answers.push(() => resolve(preview({ parcels: [body['judge'] ? judged : changed({})] }))))
      : draft))
    const answer = async () => {
      answers.shift()!()
      await vi.advanceTimersByTimeAsync(0)
    }
    made.session.attempt(move(made, 101))
    await answer()
    await answer()
    for (const x of [102, 103, 104]) {
      made.session.attempt(move(made, x))
      if (x > 102) await answer()
      expect([made.session.preview?.judged, made.session.preview?.parcels[0]?.score]).toEqual([x === 102, judged.score])
    }
    expect(made.previews().map(({ body }) => body['judge'])).toEqual([false, true, false, false, false])
    await vi.advanceTimersByTimeAsync(300)
    made.session.attempt(move(made, 105))
    await answer()
    expect(made.previews().at(-1)?.body).toMatchObject({ judge: true, intents: [{ moves: [{ to: [389_104, at(0, 0)[1]] }] }] })
  })

  it('sends versions of what it touches, not of neighbours that only lie there', async () => {
    const made = session((path) => (path === '/preview' ? preview() : draft))
    made.session.push(move(made, 105))
    await vi.advanceTimersByTimeAsync(0)
    expect(made.previews()[0]?.body['base']).toEqual({ A: 1, B: 1 })
    expect(made.previews()[0]?.body['seen']).toBe(5)
  })

  it('can save only what was answered without error, and asks for nothing twice', async () => {
    let ok = false
    const made = session((path) => (path === '/preview' ? preview({ ok }) : draft))
    made.session.push(move(made, 105))
    expect(made.session.canSave).toBe(false)
    await vi.advanceTimersByTimeAsync(0)
    expect([made.session.settled, made.session.canSave]).toEqual([true, false])
    made.session.undo()
    ok = true
    made.session.redo()
    await vi.advanceTimersByTimeAsync(0)
    expect(made.session.canSave).toBe(true)
    const asked = made.previews().length
    made.session.attempt(made.session.make.retire(['C']))
    await vi.advanceTimersByTimeAsync(0)
    made.session.attempt(null)
    await vi.advanceTimersByTimeAsync(0)
    expect(made.previews()).toHaveLength(asked + 2)
    expect(made.session.canSave).toBe(true)
  })

  it('does not take a step that means nothing, and says why', async () => {
    const made = session((path) => {
      if (path === '/preview') throw new ApiError(422, '线没有穿过地块', '从一边画到另一边')
      return draft
    })
    made.session.push(made.session.make.split('A', [at(1, 1), at(2, 2)]))
    await vi.advanceTimersByTimeAsync(0)
    expect(made.session.intents).toEqual([])
    expect(made.session.problem?.message).toBe('线没有穿过地块')
  })

  it('keeps each step as a draft after a pause, and drops the draft at the end', async () => {
    const made = session((path) => (path === '/preview' ? preview() : draft))
    made.session.push(move(made, 105))
    made.session.push(move(made, 106))
    await vi.advanceTimersByTimeAsync(399)
    expect(made.sent.filter(({ path }) => path === '/edit/draft')).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    const [kept] = made.sent.filter(({ path }) => path === '/edit/draft')
    expect(kept?.body).toMatchObject({ branch: 'official', title: 'A 号地', body: { seen: 5, focus: 'A', base: { A: 1, B: 1 } } })
    await made.session.end()
    expect(made.sent.at(-1)?.path).toBe('/edit/draft/d1')
  })

  it.each([0, 401, 503])('stays through a lost connection (%d) and asks again by itself', async (status) => {
    let up = false
    const made = session((path) => {
      if (path !== '/preview') return draft
      if (!up) throw new ApiError(status, '连接不上平台服务', '')
      return preview()
    })
    made.session.push(move(made, 105))
    await vi.advanceTimersByTimeAsync(0)
    expect([made.session.previewer.offline, made.session.intents.length]).toEqual([true, 1])
    up = true
    await vi.advanceTimersByTimeAsync(1000)
    expect([made.session.previewer.offline, made.session.canSave]).toEqual([false, true])
  })

  it('commits with one operation number however often the answer is lost', async () => {
    let tries = 0
    const made = session((path) => {
      if (path === '/preview') return preview()
      if (path !== '/commit') return draft
      tries += 1
      if (tries === 1) throw new ApiError(0, '连接不上平台服务', '')
      return { revision: 6, branch: 'official', version: 'v6', parcels: ['A'], descent: [] }
    })
    made.session.push(move(made, 105))
    await vi.advanceTimersByTimeAsync(0)
    expect(await made.session.commit({ code: 'survey', text: '' }, null)).toBeNull()
    expect(made.session.problem?.message).toBe('连接不上平台服务')
    expect(await made.session.commit({ code: 'survey', text: '' }, null)).toMatchObject({ revision: 6 })
    const [first, second] = made.sent.filter(({ path }) => path === '/commit').map(({ body }) => body['op_id'])
    expect(first).toBe(second)
    expect(first).not.toBe('')
  })

  it('replaces what a part gets of a sum field, and keeps asking until all parts are gone', async () => {
    const need = { parcel_id: 'A', field: 'floor_area_m2', title: '建筑面积', unit: 'm2', total: 100, parts: ['A', 'B'] }
    const made = session((path, body) => (path === '/preview' ? preview({ needs: (body['intents'] as unknown[]).length > 1 ? [] : [need] }) : draft))
    made.session.push(move(made, 105))
    await vi.advanceTimersByTimeAsync(0)
    made.session.allocate('A', 'floor_area_m2', 60)
    made.session.allocate('A', 'floor_area_m2', 70)
    await vi.advanceTimersByTimeAsync(0)
    expect(made.session.intents.map((intent) => intent.values)).toEqual([undefined, { floor_area_m2: 70 }])
    expect(made.session.needs).toHaveLength(1)
  })
})

describe('a conflict', () => {
  const line = { title: '', why: 'base' as const, base_version: 1, current_version: 7, revision: 6, author: '李工', made_at: null, reason: null, base: null, theirs: { type: 'Point' as const, coordinates: [0, 0] }, mine: { type: 'Point' as const, coordinates: [0, 0] } }
  const outlined = (id: string, made: ReturnType<typeof session>) => {
    const polygons = made.session.origin.get(id)!.polygons.map((rings) => rings.map((ring) => ring.map((corner, i) => (i === 1 ? [corner[0] + 5, corner[1], corner[2], corner[3]] as typeof corner : corner))))
    return changed({ parcel_id: id, polygons })
  }

  const begin = async () => {
    let made!: ReturnType<typeof session>
    made = session((path) => {
      if (path === '/preview') return preview({ parcels: [outlined('A', made), outlined('B', made)] })
      if (path !== '/commit') return draft
      throw new ApiError(409, 'A、B已被他人修改', '逐宗选择', { conflicts: [{ ...line, parcel_id: 'A' }, { ...line, parcel_id: 'B' }] })
    })
    made.session.push(move(made, 105))
    await vi.advanceTimersByTimeAsync(0)
    await made.session.commit({ code: 'survey', text: '' }, null)
    return made
  }

  it('sends nothing before each parcel is chosen', async () => {
    const made = await begin()
    const before = made.sent.length
    expect(made.session.conflict?.undecided).toBe(2)
    expect(made.session.canSave).toBe(false)
    made.session.conflict?.choose('A', 'mine')
    await made.session.rebase()
    expect(made.sent).toHaveLength(before)
    expect(made.session.conflict?.undecided).toBe(1)
  })

  it('goes on with my whole outline where I insist, from the version that is there now', async () => {
    const made = await begin()
    made.session.conflict?.choose('A', 'mine')
    made.session.conflict?.choose('B', 'theirs')
    await made.session.rebase()
    await vi.advanceTimersByTimeAsync(0)
    expect(made.session.intents).toHaveLength(1)
    expect(made.session.intents[0]).toMatchObject({ op: 'reshape', parcel_ids: ['A'], crs: 'EPSG:4549' })
    expect(made.session.intents[0]?.polygons?.[0]?.[0]).toHaveLength(5)
    expect(made.previews().at(-1)?.body).toMatchObject({ seen: 9, base: { A: 7 } })
    expect(made.session.conflict).toBeNull()
  })
})
