import {
  type AuditAnchor,
  type AuditHead,
  equalBytes,
  ok,
  type Result,
  type StateProof,
} from '@medchain/core'
import type { AuditLog } from './audit-log.ts'
import { type AuditMap, createAuditMap, type TagOf } from './audit-map.ts'
import { refuseAudit } from './codes.ts'

/** What the map had for a chart when an anchor was made. */
export interface PastProof {
  /** Number of the anchor. */
  readonly anchor: number
  readonly head: AuditHead | undefined
  readonly proof: StateProof
}

/** The node's map as it was at each of its anchors, made again from the log: what was anchored stays provable. */
export interface AnchorHistory {
  /** `audit.unknown-anchor` for one that is not on the chain, `audit.damaged` when the log does not bear it out. */
  readonly prove: (chart: Uint8Array, anchor: number) => Result<PastProof>
}

export const createAnchorHistory = (
  log: AuditLog,
  tagOf: TagOf,
  onChain: (sequence: number) => AuditAnchor | undefined,
): AnchorHistory => {
  // Charts of one patient are asked about one after the other, at much the same anchors.
  let latest: { readonly sequence: number; readonly map: AuditMap } | undefined

  const mapAt = (sequence: number): Result<AuditMap> => {
    if (latest?.sequence === sequence) return ok(latest.map)
    const anchor = onChain(sequence)
    if (!anchor) return refuseAudit('audit.unknown-anchor')
    const mark = log.loaded.marks.find(sequence, anchor.root)
    if (!mark) return refuseAudit('audit.damaged', `no trace of anchor ${sequence}`)
    const map = createAuditMap(tagOf)
    const next = map.next(log.heads.allAt(mark.entryCount))
    if (next) map.install(next)
    if (!equalBytes(map.root(), anchor.root))
      return refuseAudit('audit.damaged', `the entries are not those of anchor ${sequence}`)
    latest = { sequence, map }
    return ok(map)
  }

  return {
    prove(chart, anchor) {
      const tag = tagOf(chart)
      if (!tag) return refuseAudit('audit.not-chart')
      const map = mapAt(anchor)
      if (!map.ok) return map
      return ok({ anchor, head: map.value.headOf(tag), proof: map.value.prove(tag) })
    },
  }
}
