import {
  decode,
  disclosureHash,
  disclosureMessage,
  encodeDisclosureStatement,
  hexFromBytes,
  type LegItem,
  legAnswerSchema,
  ok,
  openLeg,
  type Result,
  type SignedDisclosure,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import type { ReadRequest, ReadTransport } from './read-request.ts'

const ITEMS_BYTES_MAX = 24 * 1024 * 1024

/** What a leg answered. */
export interface LegItems {
  /** By record id in hex. */
  readonly items: ReadonlyMap<string, LegItem>
  /** Age of the head that the holder decided on, where that was too old for anything but care. */
  readonly staleMs: number | undefined
}

/** One signed statement to one pair of holders. */
export interface StatementExchange {
  readonly hash: Uint8Array
  readonly ciphertext: () => Promise<Result<LegItems>>
  readonly release: () => Promise<Result<LegItems>>
  readonly agent: (envelopes: readonly Uint8Array[]) => Promise<Result<LegItems>>
}

/** Signs a statement over the given records and opens whatever answers it. */
export const createStatementExchange = (
  request: ReadRequest,
  transport: ReadTransport,
  recordIds: readonly Uint8Array[],
  holders: { readonly ciphertext: Uint8Array; readonly release: Uint8Array },
): StatementExchange => {
  const { networkId, actor, chart, kind, purpose, grantId, servingNode, minHeight } = request
  const responseSecret = nodeCiphers.randomBytes(32)
  const proofs = recordIds.map((recordId) => request.scopeProofOf?.(recordId))
  const statement = encodeDisclosureStatement({
    version: 1,
    networkId,
    actor,
    chart,
    kind,
    recordIds,
    purpose,
    grantId,
    scopeProofs: proofs.some((proof) => proof !== undefined) ? proofs : [],
    servingNode,
    ciphertextHolder: holders.ciphertext,
    releaseHolder: holders.release,
    minHeight,
    nonce: nodeCiphers.randomBytes(16),
    timeMs: request.nowMs(),
    responseKey: nodeCiphers.x25519Public(responseSecret),
  })
  const hash = disclosureHash(statement)
  const signed: SignedDisclosure = { statement, signature: request.sign(disclosureMessage(statement)) }

  const open = async (sealed: Result<Uint8Array>): Promise<Result<LegItems>> => {
    if (!sealed.ok) return sealed
    const content = await openLeg(responseSecret, { networkId, statementHash: hash }, sealed.value)
    if (!content.ok) return content
    const answer = decode(legAnswerSchema, content.value, ITEMS_BYTES_MAX)
    if (!answer.ok) return answer
    const { staleMs, items } = answer.value
    return ok({ staleMs, items: new Map(items.map((item) => [hexFromBytes(item.recordId), item])) })
  }

  return {
    hash,
    ciphertext: async () => open(await transport.leg(holders.ciphertext, 'ciphertext', signed)),
    release: async () => open(await transport.leg(holders.release, 'release', signed)),
    agent: async (envelopes) => open(await transport.agent(signed, envelopes)),
  }
}
