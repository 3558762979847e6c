import {
  type AuditAnchor,
  anchorAudit,
  auditAnchors,
  auditHeads,
  equalBytes,
  ok,
  positionKey,
  type Result,
  type StateProof,
} from '@medchain/core'
import { institutionTransaction } from '../requests/institution-transaction.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { type AnchorHistory, createAnchorHistory } from './anchor-history.ts'
import type { AuditLog } from './audit-log.ts'
import { createAuditMap, createTagOf } from './audit-map.ts'
import { refuseAudit } from './codes.ts'

/** Keeps the chain's anchor of this node's log up to date. */
export interface Anchoring {
  /** Ok once everything that an earlier run logged is anchored: only then may disclosures be served. */
  readonly isReady: () => Result<void>
  /** Anchors what is new; answers whether something is left to anchor. */
  readonly run: () => Promise<boolean>
  /** The newest anchor that is on the chain and proofs under its root. */
  readonly anchor: () => AuditAnchor | undefined
  /** Whether the newest anchor covers all that is logged of the chart. */
  readonly covers: (chart: Uint8Array) => boolean
  readonly proofFor: (chart: Uint8Array) => StateProof | undefined
  readonly history: AnchorHistory
}

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'clock' | 'logger'>

export const createAnchoring = (ports: Ports, log: AuditLog): Anchoring => {
  const { chain, self, logger } = ports
  const tagOf = createTagOf(() => chain.head().view, self.id, self.sealingSecret)
  const map = createAuditMap(tagOf)
  let anchored: AuditAnchor | undefined
  let isCaughtUp = false

  const onChain = (sequence: number): AuditAnchor | undefined =>
    chain.head().view.get(auditAnchors, self.id, positionKey(sequence))

  /** Whether the log still has what the newest anchor on the chain covers. */
  const coversChain = (): boolean => {
    const newest = chain.head().view.get(auditHeads, self.id)
    if (!newest) return true
    const mark = log.loaded.marks.find(newest.sequence, newest.root)
    return mark !== undefined && mark.entryCount <= log.heads.entryCount()
  }

  const adopt = (next: Parameters<typeof map.install>[0], anchor: AuditAnchor): void => {
    map.install(next)
    anchored = anchor
    isCaughtUp = true
  }

  /** The anchor on the chain, when it is already that of the whole log. */
  const alreadyAnchored = (root: Uint8Array): AuditAnchor | undefined => {
    const newest = chain.head().view.get(auditHeads, self.id)
    return newest && equalBytes(newest.root, root) ? newest : undefined
  }

  const run = async (): Promise<boolean> => {
    if (log.loaded.damage.length > 0 || !coversChain()) return true
    const next = map.next(log.heads.all())
    if (!next) {
      isCaughtUp = true
      return false
    }
    const { root } = next.delta
    const known = alreadyAnchored(root)
    if (known) {
      adopt(next, known)
      return false
    }
    const sequence = (chain.head().view.get(auditHeads, self.id)?.sequence ?? 0) + 1
    const marked = await log.mark({ sequence, root, entryCount: log.heads.entryCount() })
    if (!marked.ok) return true
    const committed = await chain.submit(institutionTransaction(ports, anchorAudit, { sequence, root }))
    const anchor = onChain(sequence)
    if (anchor && equalBytes(anchor.root, root)) adopt(next, anchor)
    else if (!committed.ok) logger.warn({ code: committed.code }, 'the audit log could not be anchored yet')
    return !anchor
  }

  return {
    run,
    history: createAnchorHistory(log, tagOf, onChain),
    isReady() {
      if (log.loaded.damage.length > 0) return refuseAudit('audit.damaged', log.loaded.damage[0]?.file)
      if (!coversChain()) return refuseAudit('audit.damaged', 'entries that were anchored are missing')
      return isCaughtUp ? ok(undefined) : refuseAudit('audit.not-ready')
    },
    anchor: () => anchored,
    covers: (chart) => map.has(log.heads.head(chart)),
    proofFor(chart) {
      const tag = tagOf(chart)
      return tag && map.prove(tag)
    },
  }
}
