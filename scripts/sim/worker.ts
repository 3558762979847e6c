// A child process: runs the seeds that its parent names on stdin, one report a line.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [file, form, changes = '{}'] = process.argv.slice(2)
if (file === undefined) throw new Error('which simulator?')
const { runSeed }: typeof import('../../packages/core/test/sim/run-seed.ts') = await import(
  pathToFileURL(file).href
)

// Its parent ends it, once it has what was begun.
process.on('SIGINT', () => undefined)
for await (const line of createInterface({ input: process.stdin })) {
  const report = runSeed(Number(line), { isShort: form === 'short', scenario: JSON.parse(changes) })
  process.stdout.write(`${JSON.stringify(report)}\n`)
}
