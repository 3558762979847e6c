import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { equalBytes, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { contentFor, damagesOf, inFolder, keyOf, openVault } from './scratch-vault.ts'

const ROUNDS = 5
const script = path.join(import.meta.dirname, 'put-until-killed.ts')

/** Lets a process put values and kills it after `count` acknowledged batches; the last number it printed. */
const putAndKill = async (folder: string, from: number, count: number): Promise<number> => {
  const child = spawn(process.execPath, ['--conditions=medchain-source', script, folder, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let last = -1
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (++seen === count) child.kill('SIGKILL')
  }
  await exited
  return last
}

test(
  'kill -9 at any moment: nothing acknowledged is lost, nothing erased comes back, the vault goes on',
  inFolder(async (folder) => {
    let from = 0
    for (let round = 0; round < ROUNDS; round++) {
      const last = await putAndKill(folder, from, 10 + round * 7)
      ok(last >= from, 'the process acknowledged something')
      const vault = await openVault(folder, { segmentBytesMax: 300_000 })
      equal(await damagesOf(vault), [])
      for (let number = 0; number < last + 10; number++) {
        const value = unwrap(await vault.get('envelope', keyOf(number)))
        if (number % 10 === 0) is(value, undefined, `value ${number} was erased`)
        else ok(value !== undefined && equalBytes(value, contentFor(number, 2000)), `value ${number}`)
      }
      // What the killed process wrote without acknowledging it is erased, so that the numbers can go on.
      const beyond = vault.list('envelope').filter((key) => Buffer.from(key).readUInt32BE(14) >= last + 10)
      await vault.eraseBatch(beyond.map((key) => ({ kind: 'envelope' as const, key })))
      await vault.close()
      from = last + 10
    }
  }),
)

test.run()
