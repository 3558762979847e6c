import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  base32FromBytes,
  bytesFromBase32,
  certificateSchema,
  didFromAccountId,
  encode,
  encodeHandover,
  genesisSchema,
  headerSchema,
  type Result,
  stateProofSchema,
} from '@medchain/core'
import { type FakeNode, startFakeNode } from '../client/fake-node.ts'
import { createSampleChain, type SampleChain } from './sample-chain.ts'
import type { SampleHead } from './sample-head.ts'
import { createSampleRequests, type Kept } from './sample-requests.ts'

/** A node's API over a chain in memory, for commands that register, grant and revoke. */
export interface SampleNode extends FakeNode {
  readonly chain: SampleChain
  readonly kept: Kept
  /** Whether deliveries and other private requests are answered. */
  isAway: boolean
}

const statusOf = ({ networkId, institution, height, genesis }: SampleChain, nowMs: number) => ({
  networkId: base32FromBytes(networkId),
  institution: didFromAccountId(institution.id),
  institutionName: 'north-hospital',
  role: 'hospital',
  height: height(),
  headTimeMs: nowMs,
  members: genesis.members.length,
})

const factsAt = (chain: SampleChain, path: string, nowMs: number): unknown => {
  const [, , noun = '', id = '', part] = path.split('/')
  if (noun === 'status') return statusOf(chain, nowMs)
  if (noun === 'genesis') return { genesis: base64(encode(genesisSchema, chain.genesis)) }
  if (noun === 'handovers') return { handovers: chain.handovers.map((each) => base64(encodeHandover(each))) }
  return noun === 'transactions' && part === 'proof' ? inclusionAt(chain, id) : undefined
}

/** A transaction that stands alone in its block. */
const inclusionAt = (chain: SampleChain, id: string): unknown => {
  const txId = bytesFromBase32(id)
  const block = txId.ok ? chain.blockOf(txId.value) : undefined
  return block && { transaction: base64(block.transaction), index: 0, size: 1, path: [], ...headText(block) }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const headText = ({ header, certificate }: SampleHead) => ({
  height: header.height,
  header: base64(encode(headerSchema, header)),
  certificate: base64(encode(certificateSchema, certificate)),
})

const entryAt = (chain: SampleChain, key: string) => {
  const { value, proof, ...head } = chain.prove(new Uint8Array(Buffer.from(key, 'hex')))
  return {
    value: value ? base64(value) : null,
    proof: base64(encode(stateProofSchema, proof)),
    ...headText(head),
  }
}

const proofAt = (chain: SampleChain, key: string | null, body: Uint8Array): unknown => {
  if (key) return { key, ...entryAt(chain, key) }
  const { keys } = JSON.parse(new TextDecoder().decode(body)) as { keys: readonly string[] }
  return { ...entryAt(chain, keys[0] ?? '00'), entries: keys.map((each) => entryAt(chain, each)) }
}

const bodyOf = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return new Uint8Array(Buffer.concat(chunks))
}

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const sendRefusal = (
  response: ServerResponse,
  { code, message }: Extract<Result<never>, { ok: false }>,
): void => send(response, 403, { code, detail: message })

export const startSampleNode = async (chain = createSampleChain(Date.now)): Promise<SampleNode> => {
  const kept: Kept = { keyrings: new Map(), envelopes: [] }
  const answerRequest = createSampleRequests(chain, kept)
  const state = { isAway: false }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '', 'http://node').pathname
    const body = await bodyOf(request)
    if (path === '/v1/transactions') {
      const outcome = chain.submit(body)
      if (!outcome.ok) return sendRefusal(response, outcome)
      return send(response, 200, { txId: base32FromBytes(outcome.value.txId), height: outcome.value.height })
    }
    if (path === '/v1/requests') {
      if (state.isAway)
        return send(response, 503, { code: 'node.not-ready', detail: 'The node is not ready.' })
      const outcome = answerRequest(body)
      return outcome.ok ? void response.end(outcome.value) : sendRefusal(response, outcome)
    }
    const key = new URL(request.url ?? '', 'http://node').searchParams.get('key')
    const facts = path === '/v1/proofs' ? proofAt(chain, key, body) : factsAt(chain, path, chain.now())
    return facts === undefined
      ? send(response, 404, { code: 'account.not-found' })
      : send(response, 200, facts)
  }
  const node = await startFakeNode((request, response) => {
    answer(request, response).catch((error: unknown) =>
      send(response, 500, { code: 'node.internal', detail: String(error) }),
    )
  })
  return {
    ...node,
    chain,
    kept,
    get isAway() {
      return state.isAway
    },
    set isAway(value) {
      state.isAway = value
    },
  }
}
