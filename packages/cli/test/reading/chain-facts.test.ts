import {
  anchorsRootOf,
  base32FromBytes,
  batches,
  certificateSchema,
  createOverlay,
  didFromAccountId,
  encode,
  genesisSchema,
  headerSchema,
  hexFromBytes,
  stateProofSchema,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { findBatch } from '../../src/reading/chain-facts.ts'
import { createSampleChain, type SampleChain } from '../sample/sample-chain.ts'

const test = suite('batches as the chain has them')

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
const anchorOf = (byte: number) => ({
  commitment: filled(byte),
  ciphertextDigest: filled(byte),
  envelopeDigest: filled(byte),
})

const batchId = new Uint8Array(16).fill(9)
const BATCH = {
  chart: filled(1),
  epoch: 0,
  author: filled(2),
  institution: filled(3),
  count: 1,
  height: 4,
  timeMs: 5,
  anchorsRoot: anchorsRootOf([anchorOf(7)]),
}

const chainWithBatch = (): SampleChain => {
  const chain = createSampleChain(Date.now)
  const overlay = createOverlay({ read: () => undefined })
  overlay.view.put(batches, BATCH, batchId)
  chain.absorb(overlay.changes)
  return chain
}

const inHex = (anchor: ReturnType<typeof anchorOf>) =>
  Object.fromEntries(Object.entries(anchor).map(([name, bytes]) => [name, hexFromBytes(bytes)]))

/** A node that proves what is on its chain, and tells of the batch whatever it likes. */
const clientOf = (chain: SampleChain, told: object) => ({
  networkId: async () => chain.networkId,
  get: async <T>(path: string, query?: { readonly [name: string]: unknown }): Promise<T> => {
    if (path === '/v1/genesis') return { genesis: base64(encode(genesisSchema, chain.genesis)) } as T
    if (path.startsWith('/v1/batches/')) return told as T
    const { value, proof, header, certificate } = chain.prove(
      new Uint8Array(Buffer.from(String(query?.['key']), 'hex')),
    )
    return {
      value: value ? base64(value) : null,
      proof: base64(encode(stateProofSchema, proof)),
      header: base64(encode(headerSchema, header)),
      certificate: base64(encode(certificateSchema, certificate)),
    } as T
  },
})

test('author, time and anchors are those of the chain, whatever the node tells beside it', async () => {
  const lie = { anchors: [inHex(anchorOf(7))], author: didFromAccountId(filled(8)), height: 99 }
  const found = await findBatch(clientOf(chainWithBatch(), lie), batchId)
  equal(
    [found?.batchId, found?.author, found?.height, found?.anchors],
    [base32FromBytes(batchId), didFromAccountId(filled(2)), 4, [anchorOf(7)]],
  )
})

test('anchors that are not on the chain are not believed, and a batch that is not there is not found', async () => {
  const lie = { anchors: [inHex(anchorOf(8))], anchorsRoot: hexFromBytes(anchorsRootOf([anchorOf(8)])) }
  const refused = await findBatch(clientOf(chainWithBatch(), lie), batchId).catch(
    (error: { code: string }) => error,
  )
  is((refused as { code: string }).code, 'proof.false')
  is(await findBatch(clientOf(createSampleChain(Date.now), lie), batchId), undefined)
})

test.run()
