import {
  anchorsRootOf,
  type Batch,
  base32FromBytes,
  batches,
  certificateSchema,
  createAnchorProver,
  createOverlay,
  didFromAccountId,
  encode,
  genesisSchema,
  headerSchema,
  hexFromBytes,
  type RecordAnchor,
  stateProofSchema,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { findAnchors, findBatch } from '../../src/reading/chain-facts.ts'
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
const batchWith = (anchors: readonly RecordAnchor[]): Batch => ({
  chart: filled(1),
  epoch: 0,
  author: filled(2),
  institution: filled(3),
  count: anchors.length,
  height: 4,
  timeMs: 5,
  anchorsRoot: anchorsRootOf(anchors),
})

const chainWith = (anchors: readonly RecordAnchor[]): SampleChain => {
  const chain = createSampleChain(Date.now)
  const overlay = createOverlay({ read: () => undefined })
  overlay.view.put(batches, batchWith(anchors), batchId)
  chain.absorb(overlay.changes)
  return chain
}

const inHex = (bytes: Uint8Array): string => hexFromBytes(bytes)

/** What a node says of one anchor at each of so many positions. */
const told = (byte: number, path: readonly Uint8Array[] = []) => {
  const { commitment, ciphertextDigest, envelopeDigest } = anchorOf(byte)
  return {
    commitment: inHex(commitment),
    ciphertextDigest: inHex(ciphertextDigest),
    envelopeDigest: inHex(envelopeDigest),
    path: path.map(inHex),
  }
}

/** A node that proves what is on its chain, and tells of anchors whatever it likes. */
const clientOf = (chain: SampleChain, anchors: readonly object[]) => {
  const asked: string[] = []
  const headText = () => {
    const { header, certificate } = chain.prove(new Uint8Array(1))
    return {
      header: base64(encode(headerSchema, header)),
      certificate: base64(encode(certificateSchema, certificate)),
    }
  }
  return {
    asked,
    networkId: async () => chain.networkId,
    get: async <T>(path: string, query: { readonly [name: string]: unknown } = {}): Promise<T> => {
      if (path === '/v1/genesis') return { genesis: base64(encode(genesisSchema, chain.genesis)) } as T
      asked.push(`${path.slice(path.lastIndexOf('/') + 1)} ${query['positions'] ?? ''}`)
      return { anchors } as T
    },
    ask: async <T>(_path: string, body: object): Promise<T> => {
      const { keys } = body as { readonly keys: readonly string[] }
      const entries = keys.map((key) => {
        const { value, proof } = chain.prove(new Uint8Array(Buffer.from(key, 'hex')))
        return { value: value ? base64(value) : null, proof: base64(encode(stateProofSchema, proof)) }
      })
      return { ...headText(), entries } as T
    },
  }
}

const codeOf = (asking: Promise<unknown>): Promise<string> =>
  asking.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  )

test('a batch is as the chain proves it, and one that is not there is not found', async () => {
  const found = await findBatch(clientOf(chainWith([anchorOf(7)]), []), batchId)
  equal(
    [found?.batchId, found?.author, found?.height],
    [base32FromBytes(batchId), didFromAccountId(filled(2)), 4],
  )
  is(await findBatch(clientOf(createSampleChain(Date.now), []), batchId), undefined)
})

test('an anchor is believed with its path to what the chain has, and no other', async () => {
  const chain = chainWith([anchorOf(6), anchorOf(7)])
  const path = createAnchorProver([anchorOf(6), anchorOf(7)])(1)?.path ?? []
  const client = clientOf(chain, [told(7, path)])
  const found = await findAnchors(client, batchId, [1])
  equal(
    [found?.anchorAt(1)?.anchor, found?.anchorAt(0), client.asked],
    [anchorOf(7), undefined, ['anchors 1']],
  )
  is(await codeOf(findAnchors(clientOf(chain, [told(8, path)]), batchId, [1])), 'proof.false')
  is(await codeOf(findAnchors(clientOf(chain, [told(7, [])]), batchId, [1])), 'proof.false')
  is(await codeOf(findAnchors(clientOf(chain, []), batchId, [1])), 'proof.false')
  is(await findAnchors(client, batchId, [2]), undefined)
})

test('of many anchors the whole batch is asked, and judged as strictly', async () => {
  const anchors = Array.from({ length: 40 }, (_, index) => anchorOf(index))
  const chain = chainWith(anchors)
  const positions = [...anchors.keys()].slice(5)
  const client = clientOf(
    chain,
    anchors.map((_, index) => told(index)),
  )
  const found = await findAnchors(client, batchId, positions)
  equal([found?.anchorAt(39)?.anchor, client.asked], [anchorOf(39), [`${base32FromBytes(batchId)} `]])
  const lying = clientOf(
    chain,
    anchors.map((_, index) => told(index === 20 ? 77 : index)),
  )
  is(await codeOf(findAnchors(lying, batchId, positions)), 'proof.false')
})

test.run()
