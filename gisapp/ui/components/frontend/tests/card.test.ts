import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { EvaluationCard, WouldTakeAnswer } from '../src/types'
import { written } from './written'

let card: typeof import('../src/panels/card')
let would: typeof import('../src/panels/would')

beforeAll(async () => {
  // The panels register themselves as elements, which only a browser has.
  vi.stubGlobal('customElements', { define: () => undefined, get: () => undefined })
  card = await import('../src/panels/card')
  would = await import('../src/panels/would')
})

describe('how sure a rank is', () => {
  const evaluation = { rank: 3, stability: 0.982, draws: 1000, top_k: 50 } as EvaluationCard

  it('says in how many draws the parcel stays among the first', () => {
    expect(written(card.steadiness(evaluation))).toContain('权重扰动 1\u202f000 次，98.2\u202f% 保持前 50 名')
  })

  it('says that one further down comes among them', () => {
    expect(written(card.steadiness({ ...evaluation, rank: 51, stability: 0 }))).toContain('0\u202f% 进入前 50 名')
  })

  it('is silent where nothing was drawn or ranked', () => {
    expect(written(card.steadiness({ ...evaluation, stability: null }))).toBe('')
    expect(written(card.steadiness({ ...evaluation, rank: null }))).toBe('')
    expect(written(card.steadiness({ ...evaluation, draws: 0 }))).toBe('')
  })
})

describe('what it would take', () => {
  const answer: WouldTakeAnswer = {
    parcel_id: 'P1', verdict: 'candidate', verdict_text: '疑似低效用地（待认定）', goal: 'not_candidate', goal_text: '疑似低效用地（待认定）',
    reached: false, possible: true, alone: [{ lever: 'tax', title: '亩均税收', who: '用地企业', text: '亩均税收提高 1.20 万元/亩', delta: 1.2, unit: '万元/亩' }],
    together: [], binding: [], unsure: [],
  }

  it('names the goal, each step and who can take it', () => {
    const text = written(would.wouldTakeBody(answer))
    for (const words of ['怎样才能不再是“疑似低效用地（待认定）”', '任一项即可', '亩均税收提高 1.20 万元/亩', '用地企业', '本地假设']) expect(text).toContain(words)
    for (const words of ['须同时办到', '现有可调项做不到', '资料不足']) expect(text).not.toContain(words)
  })

  it('names the rules that stand in the way, and those that only data can settle', () => {
    const rule = { rule_id: 'UDB-02', title: '位于开发边界内' }
    const text = written(would.wouldTakeBody({ ...answer, goal: 'candidate', goal_text: '候选', possible: false, alone: [], binding: [rule], unsure: [rule] }))
    for (const words of ['怎样才能成为“候选”', '现有可调项做不到', '受限于', 'UDB-02', '资料不足，查明后再算']) expect(text).toContain(words)
  })

  it('says that there is nothing to do where the verdict is reached', () => {
    const text = written(would.wouldTakeBody({ ...answer, reached: true, alone: [] }))
    expect(text).toContain('已经是这一结论')
    expect(text).not.toContain('本地假设')
  })
})
