import {
  batches,
  decideReading,
  equalBytes,
  ok,
  type Purpose,
  type Result,
  refuse,
  type ScopeProof,
  splitRecordId,
} from '@medchain/core'
import { isStaffOf } from '../custody/anchoring.ts'
import type { PrivacyPorts } from '../requests/ports.ts'

export interface Explanation {
  readonly outcome: string
  readonly code: string
  readonly rule: string
  readonly basis: string
  readonly grantId: Uint8Array | undefined
  readonly height: number
}

export interface ExplanationRequest {
  readonly actor: Uint8Array
  readonly recordId: Uint8Array
  readonly purpose: Purpose
  readonly scopeProof: ScopeProof | undefined
}

/** The rule that decides now; only the chart, the actor asked about and this institution's staff may ask. */
export const explain = (
  { actor, recordId, purpose, scopeProof }: ExplanationRequest,
  asking: Uint8Array,
  { chain, self, clock }: Pick<PrivacyPorts, 'chain' | 'self' | 'clock'>,
): Result<Explanation> => {
  const { view, height, timeMs } = chain.head()
  const chart = view.get(batches, splitRecordId(recordId).batchId)?.chart
  const isParty = equalBytes(asking, actor) || (chart !== undefined && equalBytes(asking, chart))
  if (!isParty && !isStaffOf(view, asking, self.id)) {
    return refuse('consent.none', 'No grant matches: deny by default.')
  }
  const request = { actor, recordId, purpose, scopeProof }
  const { outcome, code, rule, basis, grant } = decideReading(view, request, timeMs, clock.wallMs())
  return ok({ outcome, code, rule, basis, grantId: grant?.grantId, height })
}
