import { describe, expect, it } from 'vitest'
import { ruleList, statusText } from '../src/panels/rules'
import { setTexts } from '../src/texts'
import type { EvaluationCard, RuleLine } from '../src/types'
import { written } from './written'

const rule = (over: object): RuleLine => ({
  rule_id: 'R', kind: 'gate', role: 'must', title: '未被查封', verdict: 'pass', mark: 'pass', sentence: '一句话。', value_text: '未被查封',
  threshold: '未被查封', clause: 'a/1', clause_title: '条例 · 一', clause_status: 'V', basis: 'law', status: 'V', status_text: '已核·正文未见',
  reason: null, score: null, weight: null, decisive: false, ...over,
})

const card = (rules: RuleLine[], over: object = {}): EvaluationCard => ({
  run_id: 'r', rulebook: 'b', edition: '1', title: 'b', verdict: 'candidate', verdict_text: '候选', score: 62.4, score_low: 1, score_high: 2,
  completeness: 1, rank: 1, of: 2, unranked: false, advice: null, rules, gaps: [], ...over,
})

describe('the rules of a card', () => {
  it('say with the status that the text was not seen, and why in a tooltip', () => {
    const text = written(ruleList(card([rule({ status_note: '正文未见，须核对原文' })])))
    expect(text).toContain('已核·正文未见')
    expect(text).toContain('title=正文未见，须核对原文')
  })

  it('show how a curve adds to the score, and the sum', () => {
    const curve = rule({ kind: 'curve', mark: 'scored', verdict: 'scored', score: 0.7, share: 0.25, contribution: 17.5, value_text: '0.42' })
    const text = written(ruleList(card([curve], { score_sum: '17.50 + 44.90 = 62.40' })))
    expect(text).toContain('0.700 × 25\u202f% = 17.50 分')
    expect(text).toContain('17.50 + 44.90 = 62.40')
  })

  it('open a curve some of whose inputs are missing', () => {
    const curve = rule({ kind: 'curve', mark: 'scored', score: 0.7, known: 0.7, sentence: '低效指数：0.42（缺：亩均税收）' })
    expect(written(ruleList(card([curve])))).toContain('?open=true')
    expect(written(ruleList(card([rule({ kind: 'curve', mark: 'scored', score: 0.7, known: 1 })])))).toContain('?open=false')
  })

  it('list what a decision table read, and the row that holds or lacks something', () => {
    const inputs = [{ title: '权利人数', text: '3', missing: false }, { title: '', text: '与规划一致', missing: false }]
    const found = written(ruleList(card([rule({ kind: 'choose', mark: 'scored', row: 6, inputs })])))
    expect(found).toContain('第 6 行成立')
    expect(found).toContain('权利人数')
    expect(found).toContain('与规划一致')
    const lacking = written(ruleList(card([rule({ kind: 'choose', mark: 'unknown', row: 2, inputs })])))
    expect(lacking).toContain('第 2 行缺资料，无法判定')
  })

  it('carry the English title where there is one', () => {
    setTexts({ 资料不足: 'Not enough data', 已核: 'Seen', 正文未见: 'text not seen' })
    const text = written(ruleList(card([rule({ title_en: 'Not seized' })])))
    setTexts(null)
    expect(text).toContain('Not seized')
    expect(text).not.toContain('class="title">未被查封<')
    expect(text).toContain('Seen·text not seen')
  })

  it('translate each part of a status', () => {
    expect(statusText({ status_text: '已核·正文未见' })).toBe('已核·正文未见')
  })
})
