import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  createEnvelopeOpener,
  decode,
  decodeEnvelope,
  type Genesis,
  type ImportBatch,
  importBatch,
  institutionIdOf,
  networkIdOf,
  openHeader,
  openReleaseSet,
  type RecordEnvelope,
  releaseHeaderKey,
  unwrap,
} from '@medchain/core'
import { type NodeKeys, nodeCiphers, nodePaths, readGenesisFile, readKeystore } from '@medchain/node'
import { decodeNodeKeys } from '../../packages/node/src/config/index.ts'
import { privacyPaths } from '../../packages/node/src/requests/privacy-paths.ts'
import { openVaultStore } from '../../packages/node/src/vault/store/index.ts'
import { filesBelow } from './stored-files.ts'

/** Everything that one institution's machine holds, opened with the passphrase that lies beside it. */
export interface Disk {
  readonly home: string
  readonly networkId: Uint8Array
  /** Every 32-byte secret of the keystore. */
  readonly secrets: readonly Uint8Array[]
  readonly records: readonly { readonly envelope: Uint8Array; readonly ciphertext: Uint8Array }[]
  /** Every value of the vault that could be a key. */
  readonly releaseKeys: readonly Uint8Array[]
}

/** Imports of the institution's own that some holder has not taken yet. */
const waitingBatches = (folder: string): ImportBatch[] =>
  filesBelow(folder)
    .filter((file) => path.basename(path.dirname(file)) === 'outbox')
    .flatMap((file) => {
      const batch = decode(importBatch.payload, new Uint8Array(readFileSync(file)), 32 * 1024 * 1024)
      return batch.ok ? [batch.value] : []
    })

const institutionOf = (genesis: Genesis, keys: NodeKeys): Uint8Array => {
  const sealingKey = nodeCiphers.x25519Public(keys.sealingSecret)
  const member = genesis.members.find((each) => Buffer.from(each.sealingKey).equals(sealingKey))
  if (member === undefined) throw new Error('the keystore is no member’s')
  return institutionIdOf(member)
}

/** Reads a stopped node's home as a thief would. */
export const openDisk = async (home: string): Promise<Disk> => {
  const paths = nodePaths(home)
  const genesis = unwrap(await readGenesisFile(paths.genesis))
  const passphrase = readFileSync(path.join(home, 'passphrase'), 'utf8').trimEnd()
  const keys = unwrap(decodeNodeKeys(unwrap(await readKeystore(paths.keystore, passphrase))))
  const vault = unwrap(
    await openVaultStore({ folder: privacyPaths(paths).store, masterKey: keys.storageKey }),
  )
  const records: Disk['records'][number][] = []
  for (const key of vault.list('envelope')) {
    const envelope = unwrap(await vault.get('envelope', key))
    const ciphertext = unwrap(await vault.get('ciphertext', key))
    if (envelope && ciphertext) records.push({ envelope, ciphertext })
  }
  const releaseKeys: Uint8Array[] = []
  for (const key of vault.list('release')) {
    const value = unwrap(await vault.get('release', key))
    if (value) releaseKeys.push(value)
  }
  await vault.close()
  const networkId = networkIdOf(genesis)
  const own = { networkId, institution: institutionOf(genesis, keys), sealingSecret: keys.sealingSecret }
  for (const batch of waitingBatches(privacyPaths(paths).folder)) {
    for (const [index, envelope] of batch.envelopes.entries()) {
      const ciphertext = batch.ciphertexts[index]
      if (ciphertext) records.push({ envelope, ciphertext })
    }
    for (const { sealed } of batch.releases) {
      const set = await openReleaseSet({ ...own, sealed })
      if (set.ok) releaseKeys.push(...set.value.map(({ k2 }) => k2))
    }
  }
  const secrets = Object.values(keys) as Uint8Array[]
  return { home, networkId, secrets, records, releaseKeys }
}

/** k1 of an envelope by every secret in both of its ways. */
const firstHalves = async (disk: Disk, envelope: Uint8Array): Promise<Uint8Array[]> => {
  const opener = createEnvelopeOpener(disk.networkId, nodeCiphers)
  const halves: Uint8Array[] = []
  for (const secret of disk.secrets) {
    for (const open of [opener.asAuthor, opener.asChart]) {
      const k1 = await open(envelope, secret)
      if (k1.ok) halves.push(k1.value)
    }
  }
  return halves
}

const opens = (disk: Disk, envelope: Uint8Array, k1: Uint8Array, k2: Uint8Array): boolean => {
  const k2h = releaseHeaderKey(k2, nodeCiphers)
  return openHeader({ networkId: disk.networkId, envelope, k1, k2h }, nodeCiphers).ok
}

// Each is tried with the square of what the disk holds.
const BLIND_MAX = 12

/** Tries the records of the disk with every first half it can find and these second halves, and its own secrets. */
export const tryToOpen = async (
  disk: Disk,
  releaseKeys: readonly Uint8Array[],
): Promise<{ readonly opened: readonly RecordEnvelope[]; readonly tried: number }> => {
  const opened: RecordEnvelope[] = []
  let tried = 0
  let blind = 0
  for (const { envelope } of disk.records) {
    const halves = await firstHalves(disk, envelope)
    if (halves.length === 0 && ++blind > BLIND_MAX) continue
    const first = halves.length > 0 ? halves : [...disk.secrets, ...releaseKeys]
    const second = [...releaseKeys, ...disk.secrets, ...halves]
    const isOpen = first.some((k1) =>
      second.some((k2) => {
        tried++
        return k1.length === 32 && k2.length === 32 && opens(disk, envelope, k1, k2)
      }),
    )
    if (isOpen) opened.push(unwrap(decodeEnvelope(envelope)))
  }
  return { opened, tried }
}
