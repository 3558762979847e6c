import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Keyring, KeyringGrant } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import type { NodeClient } from '../../src/client/node-client.ts'
import { openKeyringStore } from '../../src/wallet/keyring-store.ts'
import type { OpenIdentity } from '../../src/wallet/wallet.ts'
import { walletFilesOf } from '../../src/wallet/wallet-files.ts'

const networkId = new Uint8Array(32).fill(7)
const identity = {
  name: 'maria',
  secrets: { sealingSecret: nodeCiphers.randomBytes(32) },
} as unknown as OpenIdentity
const client = { networkId: async () => networkId } as unknown as NodeClient

const grantNamed = (name: string): KeyringGrant => ({
  name,
  grantIds: [],
  grantee: 'did:medchain:z1',
  compartments: [],
  recordIds: [],
  purposes: [],
  fromMs: 0,
})

const adding =
  (name: string) =>
  (keyring: Keyring): Keyring => ({ ...keyring, grants: [...keyring.grants, grantNamed(name)] })

test('what two commands save at once is kept, both', async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'medchain-keyring-'))
  try {
    const surroundings = { client, files: walletFilesOf(home), warn: () => undefined }
    const open = () => openKeyringStore(identity, surroundings)
    const [first, second] = await Promise.all([open(), open()])
    await first.save(adding('a'))
    await second.save(adding('b'))
    await first.save(adding('c'))
    const { version, grants } = (await open()).current()
    equal([version, grants.map(({ name }) => name)], [3, ['a', 'b', 'c']])
  } finally {
    await rm(home, { recursive: true })
  }
})

test.run()
