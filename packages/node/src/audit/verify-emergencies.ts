import { equalBytes } from '@medchain/core'
import type { AuditEvidence, AuditGap } from './collected-log.ts'
import { isOverdue } from './entry-time.ts'
import { gap, type VerifiedEntry } from './verify-chain.ts'

/**
 * What a node disclosed on an emergency that another one declared, or that the chain does not have although blocks came
 * for as long as the anchoring of one declared in a halt may take (BG14).
 */
export const verifyEmergencies = (
  node: Uint8Array,
  entries: readonly VerifiedEntry[],
  { emergencyOf, head }: Pick<AuditEvidence, 'emergencyOf' | 'head'>,
): AuditGap[] =>
  entries.flatMap(({ entry, statement }) => {
    const { basis, reference, actor, chart, code, permitted, sequence } = entry
    const isServed = code === 'permit' || permitted.length > 0
    if (basis !== 'emergency' || !reference || !isServed) return []
    const declared = emergencyOf(reference)
    const isTheirs = declared && equalBytes(declared.declarer, actor) && equalBytes(declared.chart, chart)
    const isDue = declared !== undefined || isOverdue(entry, statement, head)
    return isTheirs || !isDue ? [] : [gap(node, 'audit.undeclared', sequence)]
  })
