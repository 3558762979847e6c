import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { openVaultStore, spoolSegment, type VaultStore } from '../../src/vault/store/index.ts'
import { inFolder } from '../storage/made-chain.ts'
import { keyOf } from '../vault-store/scratch-vault.ts'

const masterKey = new Uint8Array(32).fill(5)

const openAt = async (folder: string): Promise<VaultStore> =>
  unwrap(await openVaultStore({ folder, masterKey, segmentBytesMax: 64 * 1024 }))

const damagesOf = async (store: VaultStore): Promise<string[]> => {
  const damages: string[] = []
  for await (const { message } of store.verifyAll()) damages.push(message)
  return damages
}

test('segments copied while values come and are erased open without damage, and without what was cut off', () =>
  inFolder(async (home) => {
    const from = path.join(home, 'vault')
    const to = path.join(home, 'copy')
    await mkdir(to)
    const store = await openAt(from)
    let put = 0
    let isOver = false
    const load = async (): Promise<void> => {
      while (!isOver) {
        const entries = Array.from({ length: 8 }, (_, index) => ({
          kind: 'ciphertext' as const,
          key: keyOf(put + index),
          value: new Uint8Array(3000).fill(put % 251),
        }))
        await store.putBatch(entries)
        put += entries.length
        if (put % 24 === 0) await store.erase('ciphertext', keyOf(put - 20))
      }
    }
    const loading = load()
    let last = 0
    while (store.stats().segments < 4) await new Promise((resolve) => setImmediate(resolve))
    for (let number = 1; number <= store.stats().segments && number < 20; number++) {
      if (await spoolSegment(from, number, to)) last = number
    }
    isOver = true
    await loading
    await store.close()
    ok(last >= 4)
    const copy = await openAt(to)
    equal(await damagesOf(copy), [])
    equal(copy.stats().cutTails, [])
    ok(copy.list('ciphertext').length > 0)
    await copy.close()
  }))

test('a segment that is gone is not copied', () =>
  inFolder(async (home) => {
    await mkdir(path.join(home, 'copy'))
    equal(await spoolSegment(home, 1, path.join(home, 'copy')), false)
  }))

test.run()
