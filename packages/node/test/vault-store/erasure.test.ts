import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { equalBytes, unwrap } from '@medchain/core'
import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { keyTreeFromBytes, keyTreeFromSeed } from '../../src/vault/store/key-tree.ts'
import {
  contentFor,
  damagesOf,
  envelopes,
  everyByte,
  filesOf,
  inFolder,
  keyOf,
  openVault,
} from './scratch-vault.ts'

test(
  'an erased value is gone, its neighbours are not, and a restart brings nothing back',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    await vault.putBatch(envelopes(0, 50))
    await vault.erase('envelope', keyOf(7))
    await vault.eraseBatch([8, 9].map((number) => ({ kind: 'envelope', key: keyOf(number) })))
    await vault.erase('envelope', keyOf(1000))
    await vault.close()
    const again = await openVault(folder)
    for (let number = 0; number < 50; number++) {
      const value = unwrap(await again.get('envelope', keyOf(number)))
      const isErased = number >= 7 && number <= 9
      ok(
        isErased ? value === undefined : equalBytes(value as Uint8Array, contentFor(number)),
        `value ${number}`,
      )
    }
    is(again.list('envelope').length, 47)
    equal(await damagesOf(again), [])
    await again.close()
  }),
)

test(
  'what a failed write left in the segments before is destroyed with the next change, not found at the next start',
  inFolder(async (folder) => {
    const options = { segmentBytesMax: 2000 }
    const vault = await openVault(folder, options)
    await vault.putBatch(envelopes(0, 1))
    const next = path.join(folder, '00000002.values')
    await mkdir(next)
    const failed = await vault.putBatch(envelopes(1, 10)).then(
      () => 'written',
      (error: NodeJS.ErrnoException) => error.code,
    )
    is(failed, 'EISDIR')
    await rm(next, { recursive: true })
    await vault.erase('envelope', keyOf(1))
    await vault.close()
    const again = await openVault(folder, options)
    equal(again.list('envelope'), [keyOf(0)])
    await again.close()
  }),
)

test(
  'erasing destroys the key: the bytes of before with the keys of after open nothing',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    await vault.putBatch(envelopes(0, 3))
    const copy = await mkdtemp(path.join(os.tmpdir(), 'medchain-vault-'))
    const [values] = (await filesOf(folder, '.values')) as [string]
    await cp(values, path.join(copy, path.basename(values)))
    const ciphertext = (await everyByte(copy)).subarray(-500)
    await vault.erase('envelope', keyOf(2))
    ok(!(await everyByte(folder)).includes(ciphertext.subarray(100, 200)), 'the ciphertext is overwritten')
    await vault.close()
    await cp(copy, folder, { recursive: true, force: true })
    const restored = await openVault(folder)
    is(unwrap(await restored.get('envelope', keyOf(2))), undefined)
    ok(!restored.has('envelope', keyOf(2)))
    ok(equalBytes(unwrap(await restored.get('envelope', keyOf(1))) as Uint8Array, contentFor(1)))
    await restored.close()
    await rm(copy, { recursive: true })
  }),
)

test(
  'a segment of which everything is erased leaves the disk',
  inFolder(async (folder) => {
    const vault = await openVault(folder, { segmentBytesMax: 5000 })
    await vault.putBatch(envelopes(0, 40))
    const before = vault.stats().segments
    await vault.eraseBatch(envelopes(0, 39))
    ok(before > 3 && vault.stats().segments === 1)
    is((await filesOf(folder, '.values')).length, 1)
    is((await filesOf(folder, '.keys')).length, 1)
    ok(equalBytes(unwrap(await vault.get('envelope', keyOf(39))) as Uint8Array, contentFor(39)))
    await vault.close()
  }),
)

test(
  'an erased value can be put again',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    await vault.putBatch(envelopes(0, 1))
    await Promise.all([vault.erase('envelope', keyOf(0)), vault.putBatch(envelopes(0, 1))])
    ok(vault.has('envelope', keyOf(0)))
    await Promise.all([vault.putBatch(envelopes(0, 1)), vault.erase('envelope', keyOf(0))])
    ok(!vault.has('envelope', keyOf(0)))
    await vault.close()
  }),
)

test(
  'an erasure that the disk refused is told, and done with the next',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    await vault.putBatch(envelopes(0, 3))
    const [keys] = (await filesOf(folder, '.keys')) as [string]
    await mkdir(`${keys}.tmp`)
    const refused = await vault.erase('envelope', keyOf(0)).then(
      () => 'erased',
      () => 'refused',
    )
    is(refused, 'refused')
    await rm(`${keys}.tmp`, { recursive: true })
    await vault.erase('envelope', keyOf(0))
    await vault.close()
    const again = await openVault(folder)
    is(unwrap(await again.get('envelope', keyOf(0))), undefined)
    ok(again.has('envelope', keyOf(1)))
    await again.close()
  }),
)

test('key tree: forgotten leaves have no key, all others keep theirs', () => {
  const whole = keyTreeFromSeed(new Uint8Array(32).fill(1))
  const leaf = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 65_535 }))
  fc.assert(
    fc.property(fc.array(leaf, { maxLength: 30 }), fc.array(leaf, { maxLength: 30 }), (forgotten, others) => {
      const rest = keyTreeFromBytes(whole.without(forgotten.slice(0, 9)).without(forgotten.slice(9)).encode())
      for (const each of forgotten) ok(rest.keyOf(each) === undefined && !rest.has(each))
      for (const each of others.filter((other) => !forgotten.includes(other))) {
        ok(equalBytes(rest.keyOf(each) as Uint8Array, whole.keyOf(each) as Uint8Array) && rest.has(each))
      }
    }),
    { numRuns: 60 },
  )
})

test('key tree: what is kept after forgetting derives none of the forgotten', () => {
  const whole = keyTreeFromSeed(new Uint8Array(32).fill(2))
  const rest = whole.without([5]).encode()
  const holds = (leaf: number) => rest.includes(Buffer.from(whole.keyOf(leaf) as Uint8Array))
  ok(!holds(5) && holds(4))
  is(rest.length, 16 * 36)
})

test.run()
