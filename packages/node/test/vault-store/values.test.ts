import { equalBytes, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { openVaultStore } from '../../src/vault/store/index.ts'
import {
  contentFor,
  damagesOf,
  envelopes,
  everyByte,
  filesOf,
  inFolder,
  keyOf,
  openVault,
  randomPieces,
} from './scratch-vault.ts'

test(
  'what was put is there, also after a restart',
  inFolder(async (folder) => {
    const first = await openVault(folder, { segmentBytesMax: 20_000 })
    await first.putBatch(envelopes(0, 100))
    await first.putBatch([{ kind: 'release', key: keyOf(1), value: contentFor(7, 32) }])
    await first.close()
    const vault = await openVault(folder, { segmentBytesMax: 20_000 })
    for (let number = 0; number < 100; number++) {
      ok(equalBytes(unwrap(await vault.get('envelope', keyOf(number))) as Uint8Array, contentFor(number)))
    }
    ok(equalBytes(unwrap(await vault.get('release', keyOf(1))) as Uint8Array, contentFor(7, 32)))
    is(unwrap(await vault.get('release', keyOf(2))), undefined)
    is(unwrap(await vault.get('grant', keyOf(1))), undefined)
    ok(vault.has('envelope', keyOf(99)) && !vault.has('envelope', keyOf(100)))
    equal(
      vault.list('envelope'),
      envelopes(0, 100).map(({ key }) => key),
    )
    equal(vault.list('envelope', keyOf(5)), [keyOf(5)])
    ok(vault.stats().segments > 2)
    is(vault.stats().values.envelope, 100)
    equal(await damagesOf(vault), [])
    await vault.close()
  }),
)

test(
  'callers at the same time all get what they put',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    await Promise.all(
      Array.from({ length: 200 }, (_, number) => vault.putBatch(envelopes(number, number + 1))),
    )
    is(vault.list('envelope').length, 200)
    equal(await damagesOf(vault), [])
    await vault.close()
  }),
)

test(
  'a later value replaces an earlier, whose key is destroyed',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    const keyring = (number: number) => ({
      kind: 'keyring' as const,
      key: keyOf(1),
      value: contentFor(number),
    })
    await vault.putBatch([keyring(1), keyring(2)])
    await vault.putBatch([keyring(3)])
    ok(equalBytes(unwrap(await vault.get('keyring', keyOf(1))) as Uint8Array, contentFor(3)))
    await vault.close()
    const again = await openVault(folder)
    ok(equalBytes(unwrap(await again.get('keyring', keyOf(1))) as Uint8Array, contentFor(3)))
    is(again.stats().values.keyring, 1)
    await again.close()
  }),
)

test(
  'large values lie in files of their own and stream in bounded memory',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    const name = { kind: 'ciphertext' as const, key: keyOf(1) }
    await vault.putStream(name, randomPieces(48, 1024 * 1024))
    is((await filesOf(folder, '.value')).length, 1)
    const before = process.memoryUsage.rss()
    const stream = unwrap(await vault.openStream('ciphertext', keyOf(1)))
    is(stream?.sizeBytes, 48 * 1024 * 1024)
    let sizeBytes = 0
    for await (const chunk of stream?.chunks ?? []) sizeBytes += unwrap(chunk).length
    is(sizeBytes, 48 * 1024 * 1024)
    ok(process.memoryUsage.rss() - before < 40 * 1024 * 1024)
    await vault.putBatch([{ ...name, value: contentFor(2, 2_000_000) }])
    is((await filesOf(folder, '.value')).length, 1, 'the replaced file is gone')
    ok(equalBytes(unwrap(await vault.get('ciphertext', keyOf(1))) as Uint8Array, contentFor(2, 2_000_000)))
    await vault.close()
    const again = await openVault(folder)
    ok(equalBytes(unwrap(await again.get('ciphertext', keyOf(1))) as Uint8Array, contentFor(2, 2_000_000)))
    await again.erase('ciphertext', keyOf(1))
    is((await filesOf(folder, '.value')).length, 0)
    await again.close()
  }),
)

test(
  'a segment of very many values closes and opens again',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    for (let from = 0; from < 66_000; from += 11_000) await vault.putBatch(envelopes(from, from + 11_000, 20))
    is(vault.stats().segments, 2)
    await vault.close()
    const again = await openVault(folder)
    is(again.stats().values.envelope, 66_000)
    ok(equalBytes(unwrap(await again.get('envelope', keyOf(65_999))) as Uint8Array, contentFor(65_999, 20)))
    await again.close()
  }),
)

test(
  'a small stream is a value like any other, and a stream that fails stores nothing',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    const name = { kind: 'ciphertext' as const, key: keyOf(1) }
    await vault.putStream(name, randomPieces(2, 1000))
    is(unwrap(await vault.get('ciphertext', keyOf(1)))?.length, 2000)
    const failing = async function* () {
      yield* randomPieces(3, 1024 * 1024)
      throw new Error('the sender went away')
    }
    const failed = await vault
      .putStream({ kind: 'ciphertext', key: keyOf(2) }, failing())
      .catch((error) => error.message)
    is(failed, 'the sender went away')
    ok(!vault.has('ciphertext', keyOf(2)))
    equal(await filesOf(folder, '.value'), [])
    await vault.close()
  }),
)

test(
  'another master key opens nothing and changes nothing',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    await vault.putBatch(envelopes(0, 3))
    await vault.close()
    const before = await everyByte(folder)
    const other = await openVaultStore({ folder, masterKey: new Uint8Array(32).fill(8) })
    is(other.ok ? 'ok' : other.code, 'vault.wrong-master-key')
    ok((await everyByte(folder)).equals(before))
  }),
)

test(
  'no run of a value stands on disk',
  inFolder(async (folder) => {
    const vault = await openVault(folder)
    const marker = Buffer.from('a very particular patient')
    await vault.putBatch([{ kind: 'index', key: marker.subarray(0, 16), value: marker }])
    const bytes = await everyByte(folder)
    ok(bytes.includes(marker.subarray(0, 16)), 'the scan finds what stands there: the key')
    ok(!bytes.includes(marker.subarray(8)), 'and does not find the value')
    await vault.close()
  }),
)

test.run()
