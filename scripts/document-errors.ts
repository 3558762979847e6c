// Adds the error codes that docs/errors.md lacks, with the sentence the source gives them.
// Rows that are there stay as they were written; codes that nothing uses any more are named.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { errorCodesOf } from '../test/tidy/error-codes.ts'
import { allFiles, readSource, readText, root } from '../test/tidy/source-file.ts'

const page = 'docs/errors.md'
const rowPattern = /^\| `([a-z0-9.-]+)` \| (.*) \|$/gm

const intro = `# Error codes

What a peer, a user or a file did wrong has a stable dotted code. The part before the dot names the domain. The command line prints the sentence, the code in brackets and the next step; the API answers with the same code as problem details. A code is never reused for something else.

Exit codes of the command line: 0 done, 1 failed, 2 wrong usage, 3 denied, 4 not found, 5 node not reachable or not ready, 6 integrity broken, 7 busy, 8 partly done.
`

const text = allFiles('docs').includes(page) ? readText(page) : ''
const rows = new Map([...text.matchAll(rowPattern)].map(([, code = '', sentence = '']) => [code, sentence]))
const used = allFiles('packages')
  .filter((file) => /^packages\/\w+\/src\/.*\.tsx?$/.test(file))
  .flatMap((file) => errorCodesOf(readSource(file)))

for (const { code, sentence } of used) {
  if (!rows.get(code)) rows.set(code, plain(sentence ?? ''))
}
const namespaces = Map.groupBy([...rows.keys()].sort(), (code) => code.split('.')[0] ?? '')
const tables = [...namespaces].map(([name, codes]) => {
  const lines = codes.map((code) => `| \`${code}\` | ${rows.get(code)} |`)
  return `\n## ${name}\n\n| Code | What it says |\n| --- | --- |\n${lines.join('\n')}\n`
})
writeFileSync(path.join(root, page), intro + tables.join(''))

const known = new Set(used.map(({ code }) => code))
for (const [code, sentence] of rows) {
  if (!known.has(code)) console.log(`unused: ${code}`)
  if (!sentence) console.log(`needs a sentence: ${code}`)
}

function plain(sentence: string): string {
  const line = sentence
    .replace(/\$\{[^}]*\}/g, '…')
    .replace(/\\(.)/g, '$1')
    .replace(/\s+/g, ' ')
    .replaceAll('|', '/')
  return line.charAt(0).toUpperCase() + line.slice(1)
}
