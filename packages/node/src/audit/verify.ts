import { hexFromBytes } from '@medchain/core'
import type { AuditEvidence, AuditGap } from './collected-log.ts'
import { verifyAnchor } from './verify-anchor.ts'
import { gap, type VerifiedEntry, verifyChain } from './verify-chain.ts'
import { verifyLegs } from './verify-legs.ts'

export interface VerifiedAudit {
  /** Of all nodes, oldest first by time, then by node. */
  readonly entries: readonly VerifiedEntry[]
  readonly gaps: readonly AuditGap[]
  /** No gap, and every institution gave its log. */
  readonly isVerified: boolean
}

/**
 * Checks the logs of all institutions for one chart against the chain and each other: chains without a break,
 * heads as anchored (or proven absent), signatures of the statements, both legs of every reading. Works
 * offline on collected evidence. Each gap names the node that altered, thinned or withheld.
 */
export const verifyAudit = (evidence: AuditEvidence): VerifiedAudit => {
  const entries: VerifiedEntry[] = []
  const gaps: AuditGap[] = []
  const readable = new Set<string>()
  for (const audited of evidence.nodes) {
    const { node, answer } = audited
    if ('code' in answer) {
      gaps.push(gap(node, 'audit.withheld', undefined, answer.code))
      continue
    }
    readable.add(hexFromBytes(node))
    const chain = verifyChain(node, answer, evidence)
    entries.push(...chain.entries)
    gaps.push(...chain.gaps, ...verifyAnchor(audited, answer, chain.entries, evidence))
  }
  gaps.push(...verifyLegs(entries, readable))
  const byTime = (a: VerifiedEntry, b: VerifiedEntry): number =>
    a.entry.timeMs - b.entry.timeMs ||
    Buffer.compare(a.entry.node, b.entry.node) ||
    a.entry.sequence - b.entry.sequence
  return { entries: entries.sort(byTime), gaps, isVerified: gaps.length === 0 }
}
