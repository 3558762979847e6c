import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match } from 'uvu/assert'

const BENCH = path.resolve(import.meta.dirname, '../../bench')

const ended = (entry: string, ...args: string[]) => {
  const flags = ['--conditions=medchain-source', path.join(BENCH, entry)]
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('what a program does not know ends it with 2 and one sentence', () => {
  const wrong = [
    ['main.ts', '--scenario', 'sleepy'],
    ['main.ts', '--profile', BENCH],
    ['sync.ts', '--blocks', '0'],
    ['snapshot.ts', '--fast'],
    ['large-record.ts', '100'],
  ] as const
  for (const [entry, ...args] of wrong) {
    const { status, stdout, stderr } = ended(entry, ...args)
    equal([status, stdout], [2, ''], `${entry} ${args.join(' ')}: ${stderr}`)
    match(stderr, /^[^\n]+[.]\n$/)
  }
})

test('help says what there is', () => {
  for (const entry of ['main.ts', 'sync.ts', 'snapshot.ts', 'large-record.ts']) {
    const { status, stdout } = ended(entry, '--help')
    equal(status, 0)
    match(stdout, /^npm run bench[\w:-]* -- \[/)
  }
})

test.run()
