import type { Grant } from '../../access/grant.ts'
import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { grants } from '../consent/tables.ts'
import type { TransactionKind } from '../contract.ts'
import { guardianInForce } from '../guardianship/in-force.ts'
import { grantGivers } from '../guardianship/tables.ts'
import { part2Consents } from './tables.ts'

export interface Part2Attestation {
  readonly grantId: Uint8Array
  /** Salted hash of the written consent with its elements: 32 bytes. */
  readonly consentDigest: Uint8Array
}

/** The chart, or the guardian in force that gave the grant in the patient's place. */
const mayAttest = (
  view: ReadView,
  { grantId, chart }: Grant,
  { sender, timeMs }: { readonly sender: Uint8Array; readonly timeMs: number },
): boolean => {
  if (equalBytes(chart, sender)) return true
  const giver = view.get(grantGivers, grantId)
  return giver !== undefined && equalBytes(giver, sender) && guardianInForce(view, chart, sender, timeMs).ok
}

/** Whoever gave a grant says that it rests on a written consent with the elements of 42 CFR 2.31. */
export const attestPart2: TransactionKind<Part2Attestation> = {
  kind: 'part2.attest',
  payload: struct<Part2Attestation>({ grantId: bytes(32), consentDigest: bytes(32) }),
  apply: (view, { grantId, consentDigest }, context) => {
    const grant = view.get(grants, grantId)
    if (!grant || !mayAttest(view, grant, context))
      return refuse('consent.unknown-grant', 'The chart has no grant of that id.')
    if (grant.isDeny || grant.revokedHeight !== undefined || grant.untilMs <= context.timeMs)
      return refuse('part2.no-consent', 'The grant permits nothing, or has ended.')
    if (view.get(part2Consents, grantId))
      return refuse('part2.attested', 'The grant has its written consent already.')
    view.put(part2Consents, consentDigest, grantId)
    return ok([{ kind: 'part2.attested', subjects: [grant.chart, grantId] }])
  },
}
