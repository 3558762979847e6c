// timeout: 480s
// long: 90 s of faults, and the start of a second round
// alone: latencies under faults
// Real daemons in network namespaces under every fault that a seed brings: see docs/chaos.md.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { whyNot } from '../../scripts/chaos/enclosure.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { notRun } from '../not-run.ts'

const entry = path.resolve(import.meta.dirname, '../../scripts/chaos/main.ts')

const startChaos = (...args: string[]) => {
  const child = spawn(process.execPath, ['--conditions=medchain-source', entry, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { ended, output: () => text, interrupt: () => child.kill('SIGINT') }
}

/** Processes whose command line names a folder. */
const processesOn = (folder: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false // ended while we looked
    }
  })

const reason = whyNot()
if (reason !== undefined) notRun(reason)
else {
  test('90 s of faults: no fork, nothing acknowledged lost, no reading without a grant', async () => {
    const { ended, output } = startChaos('--seed', '1', '--seconds', '90')
    const exitCode = await ended
    console.log(output())
    equal(exitCode, 0)
    match(output(), /"scenario":"round"/)
  })

  test('an interrupted round leaves neither processes nor homes', async () => {
    const { ended, output, interrupt } = startChaos('--seed', '2', '--seconds', '200')
    await waitUntil(
      'the daemons of the round',
      () => / homes in \S+/.test(output()) && / for \d+ ms/.test(output()),
    )
    const folder = /homes in (\S+)/.exec(output())?.[1] ?? ''
    ok(processesOn(folder).length > 0)
    interrupt()
    equal(await ended, 130)
    equal([processesOn(folder), existsSync(folder)], [[], false])
  })
}

test.run()
