import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { destroyVault } from '../../src/vault/destroy-vault.ts'
import { openVaultStore } from '../../src/vault/store/index.ts'

test('nothing of a vault is left, whatever lies in it, and doing it again does no harm', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'medchain-retire-'))
  const folder = path.join(root, 'vault')
  const store = unwrap(
    await openVaultStore({ folder: path.join(folder, 'store'), masterKey: nodeCiphers.randomBytes(32) }),
  )
  const key = nodeCiphers.randomBytes(18)
  await store.putBatch([
    { kind: 'release', key, value: new Uint8Array(32).fill(5) },
    { kind: 'ciphertext', key, value: new Uint8Array(2 * 1024 * 1024).fill(6) },
  ])
  await store.close()
  await mkdir(path.join(folder, 'custody', 'outbox'), { recursive: true })
  await writeFile(path.join(folder, 'custody', 'outbox', 'waits'), 'k2 that waits')
  ok((await destroyVault(folder)) >= 5)
  equal(await readdir(root), [])
  is(await destroyVault(folder), 0)
  await rm(root, { recursive: true })
})

test.run()
