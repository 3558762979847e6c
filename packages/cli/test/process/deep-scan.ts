// Looks for byte strings in everything that a node's home holds: in the files as they lie, and in every value that the
// node's own keys open.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  createEnvelopeOpener,
  decode,
  decodeEnvelope,
  type ImportBatch,
  importBatch,
  openHeader,
  openReleaseSet,
  releaseHeaderKey,
  unwrap,
} from '@medchain/core'
import { nodeCiphers, nodePaths, privacyPaths, readKeystore } from '@medchain/node'
import { filesBelow } from '../../../../test/harness/stored-files.ts'
import { decodeNodeKeys, type NodeKeys } from '../../../node/src/config/index.ts'
import { VAULT_KINDS } from '../../../node/src/requests/ports.ts'
import { openVaultStore } from '../../../node/src/vault/store/index.ts'

/** A stopped node's home, or a restored one with its passphrase. */
export interface OpenedHome {
  readonly home: string
  readonly keys: NodeKeys
  readonly files: readonly string[]
  readonly values: readonly { readonly kind: string; readonly key: Uint8Array; readonly value: Uint8Array }[]
}

export const openHome = async (home: string): Promise<OpenedHome> => {
  const paths = nodePaths(home)
  const passphrase = readFileSync(path.join(home, 'passphrase'), 'utf8').trimEnd()
  const keys = unwrap(decodeNodeKeys(unwrap(await readKeystore(paths.keystore, passphrase))))
  const vault = unwrap(
    await openVaultStore({ folder: privacyPaths(paths).store, masterKey: keys.storageKey }),
  )
  const values: { kind: string; key: Uint8Array; value: Uint8Array }[] = []
  for (const kind of VAULT_KINDS) {
    for (const key of vault.list(kind)) {
      const value = unwrap(await vault.get(kind, key))
      if (value) values.push({ kind, key, value })
    }
  }
  await vault.close()
  return { home, keys, files: filesBelow(home), values }
}

/** What opens one record, and what is stored of it, by name. */
export type Markers = ReadonlyMap<string, Uint8Array>

const contains = (bytes: Uint8Array, marker: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(marker))

/** k2 in batches that wait for other holders and are sealed to this node. */
const waitingKeys = async (
  { files, keys }: OpenedHome,
  own: { readonly networkId: Uint8Array; readonly institution: Uint8Array },
): Promise<Uint8Array[]> => {
  const batches = files
    .filter((file) => path.basename(path.dirname(file)) === 'outbox')
    .flatMap((file): ImportBatch[] => {
      const batch = decode(importBatch.payload, new Uint8Array(readFileSync(file)), 32 * 1024 * 1024)
      return batch.ok ? [batch.value] : []
    })
  const found: Uint8Array[] = []
  for (const { sealed } of batches.flatMap(({ releases }) => releases)) {
    const set = await openReleaseSet({ ...own, sealingSecret: keys.sealingSecret, sealed })
    if (set.ok) found.push(...set.value.map(({ k2 }) => k2))
  }
  return found
}

/** Names of the markers that stand somewhere in the home. */
export const scanHome = async (
  opened: OpenedHome,
  own: { readonly networkId: Uint8Array; readonly institution: Uint8Array },
  markers: Markers,
): Promise<string[]> => {
  const found = new Set<string>()
  const look = (bytes: Uint8Array): void => {
    for (const [name, marker] of markers) if (contains(bytes, marker)) found.add(name)
  }
  for (const file of opened.files) look(readFileSync(file))
  for (const { value } of opened.values) look(value)
  for (const key of await waitingKeys(opened, own)) look(key)
  return [...found].sort()
}

/** Every secret of a record and every stored part of it, from the homes that hold them, opened as a court would. */
export const markersOf = async (
  homes: readonly OpenedHome[],
  author: OpenedHome,
  networkId: Uint8Array,
  recordId: Uint8Array,
): Promise<Markers> => {
  const storedOf = (kind: string): Uint8Array => {
    const all = homes.flatMap(({ values }) => values)
    const value = all.find(
      (each) => each.kind === kind && Buffer.from(each.key).indexOf(recordId) === 0,
    )?.value
    if (value === undefined) throw new Error(`no home holds the ${kind} of the record`)
    return value
  }
  const envelope = storedOf('envelope')
  const k2 = storedOf('release')
  const opener = createEnvelopeOpener(networkId, nodeCiphers)
  const k1 = unwrap(await opener.asAuthor(envelope, author.keys.sealingSecret))
  const header = unwrap(
    openHeader({ networkId, envelope, k1, k2h: releaseHeaderKey(k2, nodeCiphers) }, nodeCiphers),
  )
  const { sealedHeader, wrappedK1, authorWrappedK1 } = unwrap(decodeEnvelope(envelope))
  return new Map([
    ['ciphertext', storedOf('ciphertext').slice(0, 64)],
    ['envelope', envelope],
    ['header', sealedHeader.slice(0, 32)],
    ['k1', k1],
    ['k1 for the author', authorWrappedK1],
    ['k1 for the chart', wrappedK1],
    ['k2', k2],
    ['salt', header.salt],
  ])
}
