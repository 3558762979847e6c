import { bytesFromText, unwrap } from '../../src/encoding/index.ts'
import {
  createEnvelopeOpener,
  openHeader,
  openReleaseSet,
  type RecordToSeal,
  releaseHeaderKey,
  type SealedItem,
  sealBatch,
} from '../../src/sealing/index.ts'
import { plainCiphers as port } from './plain-ciphers.ts'

export const idOf = (name: string): Uint8Array => port.sha256(bytesFromText(name))

/** A deterministic X25519 pair by name. */
export const pairOf = (name: string) => {
  const secretKey = idOf(`secret of ${name}`)
  return { secretKey, publicKey: port.x25519Public(secretKey) }
}

const institution = (name: string) => ({ institution: idOf(name), sealingKey: pairOf(name).publicKey })

export const target = {
  networkId: idOf('network'),
  chart: idOf('chart'),
  epoch: 3,
  epochPublicKey: pairOf('epoch').publicKey,
  author: institution('author'),
  releaseHolders: [institution('first holder'), institution('second holder')],
}

export const recordOf = (content: string): RecordToSeal => ({
  bytes: bytesFromText(content),
  mediaType: 'application/fhir+json',
  resourceType: 'Observation',
  title: 'Heart rate',
  date: '2024-05-01',
  fullUrl: 'urn:uuid:0c2e',
})

export const sealRecords = async (records: readonly RecordToSeal[]) =>
  unwrap(await sealBatch({ ...target, records }, port))

/** The release keys of a batch as the first holder opens them. */
export const releaseKeysOf = async (releases: readonly { sealed: Uint8Array }[]) =>
  unwrap(
    await openReleaseSet({
      networkId: target.networkId,
      institution: idOf('first holder'),
      sealingSecret: pairOf('first holder').secretKey,
      sealed: releases[0]?.sealed as Uint8Array,
    }),
  ).map(({ k2 }) => k2)

/** Everything a rightful reader comes to hold of one item. */
export const openKeys = async (item: SealedItem, k2: Uint8Array) => {
  const opener = createEnvelopeOpener(target.networkId, port)
  const k1 = unwrap(await opener.asChart(item.envelope, pairOf('epoch').secretKey))
  const k2h = releaseHeaderKey(k2, port)
  const header = unwrap(openHeader({ networkId: target.networkId, envelope: item.envelope, k1, k2h }, port))
  return { k1, k2, k2h, header }
}

export const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = new Uint8Array(bytes)
  copy[at] = (copy[at] as number) ^ 1
  return copy
}
