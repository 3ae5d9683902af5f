// Collects the Chinese message ids of the sources into src/texts.json, for the gettext catalogue to be checked against.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

const CHINESE = /[\u4e00-\u9fff]/
const LITERAL = /'((?:[^'\\\n]|\\.)*)'/g

const files = readdirSync('src', { recursive: true })
  .map((name) => `src/${name}`.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
  .sort()

const ids = new Set()
for (const file of files)
  for (const line of readFileSync(file, 'utf8').split('\n'))
    if (!/^\s*(\/\/|\/?\*)/.test(line))
      for (const [, text] of line.matchAll(LITERAL)) if (CHINESE.test(text)) ids.add(text.replaceAll('\\\\', '\\'))

const json = `${JSON.stringify([...ids].sort(), null, 2)}\n`
const path = 'src/texts.json'
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== json) {
    console.error(`${path} is out of date: run "npm run texts"`)
    process.exit(1)
  }
} else writeFileSync(path, json)
