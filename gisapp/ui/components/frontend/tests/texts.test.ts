import { afterEach, expect, it } from 'vitest'
import { setTexts, t } from '../src/texts'

afterEach(() => setTexts({}))

it('returns the Chinese itself where there is no translation', () => {
  expect(t('图例')).toBe('图例')
})

it('fills values into the translation', () => {
  setTexts({ '第 {rank} / {of} 名': 'No. {rank} of {of}' })
  expect(t('第 {rank} / {of} 名', { rank: 7, of: 412 })).toBe('No. 7 of 412')
})

it('leaves a name without a value as it is', () => {
  expect(t('截至 {date}')).toBe('截至 {date}')
})
