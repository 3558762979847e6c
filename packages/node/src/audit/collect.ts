import {
  AUDIT_PROOFS_MAX,
  auditProve,
  auditRead,
  auditReadFor,
  ok,
  type PastAuditHead,
  type Result,
} from '@medchain/core'
import { askNode, type RequestClient } from '../disclosure/request-transport.ts'
import type { CollectedLog } from './collected-log.ts'

const PAGE = 500

/**
 * A chart's whole log at one node; the client's actor is the chart, or a guardian of `guarded`. Anchor and proof are
 * those of the last page.
 */
export const collectLog = async (
  client: RequestClient,
  node: Uint8Array,
  guarded?: Uint8Array,
): Promise<Result<CollectedLog>> => {
  const entries: Uint8Array[] = []
  for (;;) {
    const from = { afterSequence: entries.length, limit: PAGE }
    const page = await (guarded
      ? askNode(client, node, auditReadFor, { chart: guarded, ...from })
      : askNode(client, node, auditRead, from))
    if (!page.ok) return page
    entries.push(...page.value.entries)
    const { count, anchor, proof } = page.value
    if (page.value.entries.length === 0 || entries.length >= count)
      return ok({ entries, count, anchor, proof })
  }
}

/** What a node proves of a chart under its earlier anchors. */
export const collectPastHeads = async (
  client: RequestClient,
  node: Uint8Array,
  chart: Uint8Array,
  anchors: readonly number[],
): Promise<Result<readonly PastAuditHead[]>> => {
  const found: PastAuditHead[] = []
  for (let at = 0; at < anchors.length; at += AUDIT_PROOFS_MAX) {
    const slice = anchors.slice(at, at + AUDIT_PROOFS_MAX)
    const proofs = await askNode(client, node, auditProve, { chart, anchors: slice })
    if (!proofs.ok) return proofs
    found.push(...proofs.value)
  }
  return ok(found)
}
