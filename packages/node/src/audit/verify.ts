import { hexFromBytes } from '@medchain/core'
import type { AuditEvidence, AuditGap } from './collected-log.ts'
import { type PendingEntry, settledEntries, verifyAnchor, verifyCheckpoint } from './verify-anchor.ts'
import { gap, type VerifiedEntry, verifyChain } from './verify-chain.ts'
import { verifyEmergencies } from './verify-emergencies.ts'
import { verifyLegs } from './verify-legs.ts'

export interface VerifiedAudit {
  /** Of all nodes, oldest first by time, then by node. */
  readonly entries: readonly VerifiedEntry[]
  readonly gaps: readonly AuditGap[]
  /** Entries that no anchor covers yet, without being overdue. */
  readonly pending: readonly PendingEntry[]
  /** No gap, and every institution gave its log. */
  readonly isVerified: boolean
}

/** Whether nobody answered, as against somebody who refused. */
const isAway = (code: string): boolean => /^(network|node)\./.test(code)

/** Of several anchors that tell the same of an entry one is enough. */
const distinctGaps = (gaps: readonly AuditGap[], known: readonly AuditGap[]): readonly AuditGap[] => {
  const told = new Set(known.map(({ code, sequence }) => `${code} ${sequence}`))
  return gaps.filter(({ code, sequence }) => {
    const name = `${code} ${sequence}`
    const isNew = !told.has(name)
    told.add(name)
    return isNew
  })
}

/**
 * Checks the logs of all institutions for one chart against the chain and each other: chains without a break,
 * heads as anchored (or proven absent), now and before, signatures of the statements, both legs of every reading. Works
 * offline on collected evidence. Each gap names the node that altered, thinned or withheld.
 */
export const verifyAudit = (evidence: AuditEvidence): VerifiedAudit => {
  const entries: VerifiedEntry[] = []
  const gaps: AuditGap[] = []
  const pending: PendingEntry[] = []
  const readable = new Set<string>()
  const settled = new Set<VerifiedEntry>()
  for (const audited of evidence.nodes) {
    const { node, answer } = audited
    if ('code' in answer) {
      gaps.push(
        gap(node, isAway(answer.code) ? 'node.unreachable' : 'audit.withheld', undefined, answer.code),
      )
      continue
    }
    readable.add(hexFromBytes(node))
    const chain = verifyChain(node, answer, evidence)
    entries.push(...chain.entries)
    const anchored = verifyAnchor(audited, answer, chain.entries, evidence.head)
    gaps.push(...verifyEmergencies(node, chain.entries, evidence))
    const past = audited.checkpoints.flatMap((point) => verifyCheckpoint(audited, point, chain.entries))
    gaps.push(...chain.gaps, ...anchored.gaps, ...distinctGaps(past, anchored.gaps))
    pending.push(...anchored.pending)
    for (const entry of settledEntries(audited, anchored, chain.entries, evidence.head.timeMs))
      settled.add(entry)
  }
  gaps.push(...verifyLegs(entries, readable, settled))
  const byTime = (a: VerifiedEntry, b: VerifiedEntry): number =>
    a.entry.timeMs - b.entry.timeMs ||
    Buffer.compare(a.entry.node, b.entry.node) ||
    a.entry.sequence - b.entry.sequence
  return { entries: entries.sort(byTime), gaps, pending, isVerified: gaps.length === 0 }
}
