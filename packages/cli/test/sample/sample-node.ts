import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  accountIdFromDid,
  accounts,
  base32FromBytes,
  certificateSchema,
  charts,
  didFromAccountId,
  encode,
  encodeHandover,
  epochOpenings,
  genesisSchema,
  grantsOfChart,
  headerSchema,
  hexFromBytes,
  institutionIdOf,
  positionKey,
  type Result,
  stateProofSchema,
} from '@medchain/core'
import { type FakeNode, startFakeNode } from '../client/fake-node.ts'
import { createSampleChain, type SampleChain } from './sample-chain.ts'
import { createSampleRequests, type Kept } from './sample-requests.ts'

/** A node's API over a chain in memory, for commands that register, grant and revoke. */
export interface SampleNode extends FakeNode {
  readonly chain: SampleChain
  readonly kept: Kept
  /** Whether deliveries and other private requests are answered. */
  isAway: boolean
}

const idOf = (did: string): Uint8Array => {
  const id = accountIdFromDid(did)
  if (!id.ok) throw new Error(id.message)
  return id.value
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

const accountOf = ({ view }: SampleChain, id: Uint8Array) => {
  const account = view.get(accounts, id)
  return (
    account && {
      did: didFromAccountId(id),
      role: account.role,
      status: account.status,
      sponsor: account.sponsor ? didFromAccountId(account.sponsor) : null,
      signingKey: hexFromBytes(account.signingKey),
      sealingKey: hexFromBytes(account.sealingKey),
      institutionName: account.institutionName ?? null,
    }
  )
}

const chartOf = ({ view }: SampleChain, id: Uint8Array) => {
  const chart = view.get(charts, id)
  const opening = chart && view.get(epochOpenings, id, positionKey(chart.epoch))
  return (
    chart && {
      did: didFromAccountId(id),
      sponsor: didFromAccountId(chart.sponsor),
      epoch: chart.epoch,
      epochOpenedHeight: opening?.height ?? chart.registeredHeight,
      epochOpenedMs: opening?.timeMs ?? 0,
    }
  )
}

const grantsAt = ({ view }: SampleChain, id: Uint8Array) => ({
  grants: grantsOfChart(view, id).map((grant) => ({
    ...grant,
    grantId: base32FromBytes(grant.grantId),
    grantee: didFromAccountId(grant.grantee),
    chart: didFromAccountId(grant.chart),
    scopeDigest: grant.scopeDigest ? hexFromBytes(grant.scopeDigest) : null,
    termsDigest: hexFromBytes(grant.termsDigest),
    broker: grant.broker ? didFromAccountId(grant.broker) : null,
    revokedHeight: grant.revokedHeight ?? null,
  })),
  next: null,
})

const factsAt = (chain: SampleChain, path: string, nowMs: number): unknown => {
  const [, , noun = '', id = '', part] = path.split('/')
  if (noun === 'status') return statusOf(chain, nowMs)
  if (noun === 'members') {
    return {
      members: chain.genesis.members.map((each) => ({
        name: each.name,
        did: didFromAccountId(institutionIdOf(each)),
        sealingKey: hexFromBytes(each.sealingKey),
        signingKey: hexFromBytes(each.signingKey),
      })),
    }
  }
  if (noun === 'genesis') return { genesis: base64(encode(genesisSchema, chain.genesis)) }
  if (noun === 'handovers') return { handovers: chain.handovers.map((each) => base64(encodeHandover(each))) }
  if (noun === 'accounts') return accountOf(chain, idOf(id))
  if (noun !== 'charts') return undefined
  return part === 'grants'
    ? grantsAt(chain, idOf(id))
    : part === 'batches'
      ? { batches: [], next: null }
      : chartOf(chain, idOf(id))
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const proofAt = (chain: SampleChain, key: string): unknown => {
  const { value, proof, header, certificate } = chain.prove(new Uint8Array(Buffer.from(key, 'hex')))
  return {
    key,
    height: header.height,
    value: value ? base64(value) : null,
    proof: base64(encode(stateProofSchema, proof)),
    header: base64(encode(headerSchema, header)),
    certificate: base64(encode(certificateSchema, certificate)),
  }
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
    const facts = path === '/v1/proofs' && key ? proofAt(chain, key) : factsAt(chain, path, chain.now())
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
