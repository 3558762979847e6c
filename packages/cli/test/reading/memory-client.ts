import {
  base32FromBytes,
  bytesFromBase32,
  bytesFromHex,
  certificateSchema,
  createAnchorProver,
  didFromAccountId,
  encode,
  hexFromBytes,
  type ProvenAnchor,
  type RecordAnchor,
  type Result,
  stateProofSchema,
  unwrap,
} from '@medchain/core'
import type { Consortium, TestNode } from '../../../node/test/requests/consortium.ts'
import type { NodeClient } from '../../src/client/node-client.ts'
import { decodeAnswer, signedRequestOf } from '../../src/client/signed-request.ts'
import { CommandError } from '../../src/command-error.ts'
import { encodedHeader } from './memory-header.ts'

const NO_HASH = new Uint8Array(32)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const anchorText = ({ commitment, ciphertextDigest, envelopeDigest }: RecordAnchor) => ({
  commitment: hexFromBytes(commitment),
  ciphertextDigest: hexFromBytes(ciphertextDigest),
  envelopeDigest: hexFromBytes(envelopeDigest),
})

const provenText = (anchors: readonly RecordAnchor[], positions: string) => {
  const prove = createAnchorProver(anchors)
  return positions.split(',').map((position) => {
    const { anchor, path } = prove(Number(position)) as ProvenAnchor
    return { ...anchorText(anchor), path: path.map(hexFromBytes) }
  })
}

const given = <T>(result: Result<T>): T => {
  if (!result.ok) throw new CommandError(result.code, result.message)
  return result.value
}

const never = (what: string) => () => Promise.reject(new Error(`${what} is not part of this world`))

/** A client of one node of a consortium in memory: requests go to the node's own handlers, without a socket. */
export const createMemoryClient = ({ chain, clock, nodes }: Consortium, via: number): NodeClient => {
  const node = nodes[via] as TestNode
  const certificate = { height: 0, round: 0, blockHash: NO_HASH, bitmap: new Uint8Array(1), signatures: [] }
  const certificateText = base64(encode(certificateSchema, certificate))
  const proofText = base64(encode(stateProofSchema, { entries: [], siblings: [] }))
  const head = () => ({ header: base64(encodedHeader(chain)), certificate: certificateText })
  const entry = (key: string) => {
    const value = chain.read(unwrap(bytesFromHex(key)))
    return { value: value ? base64(value) : null, proof: proofText }
  }
  const facts = async (path: string, query: Readonly<Record<string, unknown>>): Promise<unknown> => {
    if (path === '/v1/proofs') return { ...head(), ...entry(String(query['key'])) }
    const [, , noun, id = ''] = path.split('/')
    const anchors = noun === 'batches' ? await chain.anchorsOf(unwrap(bytesFromBase32(id))) : undefined
    if (!anchors) return never(path)()
    const { positions } = query
    return {
      anchors: positions === undefined ? anchors.map(anchorText) : provenText(anchors, String(positions)),
    }
  }
  const post = async (signed: Uint8Array) => given(await node.privacy.answer(signed))
  return {
    url: 'memory:',
    // Nobody signs the blocks of this chain, so nothing of it can be proven.
    isTrusting: true,
    networkId: async () => chain.networkId,
    institution: async () => node.institution.id,
    status: never('a status'),
    find: never('a search'),
    get: async <T>(path: string, query = {}) => (await facts(path, query)) as T,
    ask: async <T>(_path: string, body: object) => {
      const { keys } = body as { readonly keys: readonly string[] }
      return { ...head(), entries: keys.map(entry) } as T
    },
    submit: async (transaction) => {
      const { txId, height } = given(await chain.submit(transaction))
      return { txId: base32FromBytes(txId), height } as Awaited<ReturnType<NodeClient['submit']>>
    },
    post,
    call: async (action, payload, actor, { node: asked = node.institution.id, notBeforeMs = 0 } = {}) => {
      const nowMs = Math.max(clock.wallMs(), notBeforeMs)
      const place = { networkId: chain.networkId, node: asked, nowMs }
      return decodeAnswer(action, await post(signedRequestOf(action, payload, actor, place)))
    },
    events: () => {
      throw new Error(`${didFromAccountId(node.institution.id)} tells of no events here`)
    },
  }
}
