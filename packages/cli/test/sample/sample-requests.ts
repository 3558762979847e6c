import {
  type Action,
  accountIdFromInception,
  type Committed,
  type CoSigned,
  compareBytes,
  decode,
  decodeSignedRequest,
  emergencyKeepShares,
  encode,
  encodeTransaction,
  envelopeDeliver,
  grants,
  hexFromBytes,
  keyringRead,
  keyringWrite,
  ok,
  personFind,
  type RequestStatement,
  type Result,
  refuse,
  registerAccount,
  registerCharts,
  requestMessage,
  signingKeyOf,
  transactionId,
  transactionMessage,
} from '@medchain/core'
import { nodeCiphers, signatureVerifier } from '@medchain/node'
import type { SampleChain } from './sample-chain.ts'

/** What the node has been given to keep. */
export interface Kept {
  readonly keyrings: Map<string, { readonly counter: number; readonly sealed: Uint8Array }>
  readonly envelopes: { readonly grantId: string; readonly grantee: string; readonly sealed: Uint8Array }[]
}

type Handler = (payload: Uint8Array, actor: Uint8Array) => Result<Uint8Array>

const handle =
  <P, A>(action: Action<P, A>, work: (payload: P, actor: Uint8Array) => Result<A>): Handler =>
  (bytes, actor) => {
    const payload = decode(action.payload, bytes)
    if (!payload.ok) return payload
    const answer = work(payload.value, actor)
    return answer.ok ? ok(encode(action.answer, answer.value)) : answer
  }

const coSign = ({ institution }: SampleChain, { body, signer, signature }: CoSigned): Uint8Array => {
  const own = nodeCiphers.ed25519Sign(institution.seed, transactionMessage(transactionId(body)))
  const signatures = [
    { signer: institution.id, signature: own },
    { signer, signature },
  ]
  return encodeTransaction({ body, signatures: signatures.sort((a, b) => compareBytes(a.signer, b.signer)) })
}

const handlersOf = (
  chain: SampleChain,
  { keyrings, envelopes }: Kept,
): Readonly<Record<string, Handler>> => ({
  [registerAccount.action]: handle(registerAccount, ({ enrolment }) =>
    chain.submit(coSign(chain, enrolment)),
  ),
  [registerCharts.action]: handle(registerCharts, ({ charts }) => {
    const made: Committed[] = []
    for (const { registration } of charts) {
      const committed = chain.submit(coSign(chain, registration))
      if (!committed.ok) return committed
      made.push(committed.value)
    }
    return ok(made)
  }),
  [keyringWrite.action]: handle(keyringWrite, (payload, actor) => {
    const known = keyrings.get(hexFromBytes(actor))
    if (known && known.counter >= payload.counter)
      return refuse('keyring.stale', 'A newer keyring is stored.')
    keyrings.set(hexFromBytes(actor), payload)
    return ok([] as const)
  }),
  [personFind.action]: handle(personFind, () => ok(undefined)),
  [keyringRead.action]: handle(keyringRead, (_payload, actor) =>
    ok(keyrings.get(hexFromBytes(actor)) ?? { counter: 0, sealed: undefined }),
  ),
  [emergencyKeepShares.action]: handle(emergencyKeepShares, () => ok([] as const)),
  [envelopeDeliver.action]: handle(envelopeDeliver, ({ grantId, grantee, sealed }) => {
    if (!chain.view.get(grants, grantId)) return refuse('envelope.grant', 'The chain has no such grant.')
    envelopes.push({ grantId: hexFromBytes(grantId), grantee: hexFromBytes(grantee), sealed })
    return ok([] as const)
  }),
})

const keyOf = (chain: SampleChain, { actor, inception }: RequestStatement): Uint8Array | undefined => {
  const known = signingKeyOf(chain.view, actor)
  if (known.ok) return known.value
  const isOwn = inception && compareBytes(accountIdFromInception(inception), actor) === 0
  return isOwn ? inception.signingKey : undefined
}

/** Answers signed requests as a node does, after the same checks of signature and addressee. */
export const createSampleRequests = (
  chain: SampleChain,
  kept: Kept,
): ((body: Uint8Array) => Result<Uint8Array>) => {
  const handlers = handlersOf(chain, kept)
  return (body) => {
    const decoded = decodeSignedRequest(body)
    if (!decoded.ok) return decoded
    const { request, statement } = decoded.value
    const key = keyOf(chain, statement)
    const isSigned =
      key && signatureVerifier.verify(key, requestMessage(request.statement), request.signature)
    const isForUs = compareBytes(statement.node, chain.institution.id) === 0
    if (!isSigned || !isForUs) return refuse('request.signature', 'The request’s signature is false.')
    const handler = handlers[statement.action]
    return handler ? handler(request.payload, statement.actor) : refuse('request.action', 'No such action.')
  }
}
