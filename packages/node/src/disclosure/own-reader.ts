import { hexFromBytes, memberHistoryIn, type Purpose, type Result } from '@medchain/core'
import type { PrivacyPorts } from '../requests/ports.ts'
import { NO_PROOFS, type ProofOf } from './own-proofs.ts'
import type { OpenedRecord, ReadTransport } from './read-request.ts'
import { readRecords } from './reader.ts'
import { createRequestTransport } from './request-transport.ts'

/** Opens records of one chart as the institution itself; results by hexadecimal record id. */
export type OwnReader = (
  chart: Uint8Array,
  recordIds: readonly Uint8Array[],
  purpose: Purpose,
) => Promise<ReadonlyMap<string, Result<OpenedRecord>>>

/** A reader that signs as the institution and asks this node like any client: decided, logged, two legs. */
export const createOwnReader = (
  { chain, self, clock }: Pick<PrivacyPorts, 'chain' | 'self' | 'clock'>,
  post: (body: Uint8Array) => Promise<Result<Uint8Array>>,
  anchors: ReadTransport['anchors'],
  proofsOf: (chart: Uint8Array, purpose: Purpose) => Promise<ProofOf> = async () => NO_PROOFS,
): OwnReader => {
  const { networkId } = chain
  const nowMs = clock.wallMs
  const transport = createRequestTransport(
    { networkId, actor: self.id, sign: self.sign, post, nowMs },
    self.id,
    anchors,
  )
  return async (chart, recordIds, purpose) => {
    const { height, view } = chain.head()
    const found = new Map<string, Result<OpenedRecord>>()
    const readings = readRecords(
      {
        networkId,
        actor: self.id,
        sign: self.sign,
        chart,
        recordIds,
        kind: 'read',
        purpose,
        servingNode: self.id,
        memberHistory: memberHistoryIn(view),
        minHeight: height,
        keys: { type: 'agent' },
        scopeProofOf: await proofsOf(chart, purpose),
        nowMs,
      },
      transport,
    )
    for await (const { recordId, result } of readings) found.set(hexFromBytes(recordId), result)
    return found
  }
}
