import { auditRead, auditReadFor, ok, type Result } from '@medchain/core'
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
