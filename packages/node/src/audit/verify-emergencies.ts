import { equalBytes } from '@medchain/core'
import type { AuditEvidence, AuditGap } from './collected-log.ts'
import { ANCHORING_MS_MAX, loggedAt } from './entry-time.ts'
import { gap, type VerifiedEntry } from './verify-chain.ts'

/**
 * What a node disclosed on an emergency that another one declared, or that the chain does not have although blocks came
 * for as long as the anchoring of one declared in a halt may take (BG14).
 */
export const verifyEmergencies = (
  node: Uint8Array,
  entries: readonly VerifiedEntry[],
  { emergencyOf, headTimeMs }: Pick<AuditEvidence, 'emergencyOf' | 'headTimeMs'>,
): AuditGap[] =>
  entries.flatMap(({ entry, statement }) => {
    const { basis, reference, actor, chart, code, permitted, sequence } = entry
    const isServed = code === 'permit' || permitted.length > 0
    if (basis !== 'emergency' || !reference || !isServed) return []
    const declared = emergencyOf(reference)
    const isTheirs = declared && equalBytes(declared.declarer, actor) && equalBytes(declared.chart, chart)
    const isDue = declared !== undefined || headTimeMs - loggedAt(entry, statement) > ANCHORING_MS_MAX
    return isTheirs || !isDue ? [] : [gap(node, 'audit.undeclared', sequence)]
  })
