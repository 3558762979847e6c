import {
  type Batch,
  batches,
  bytesFromHex,
  decideAccess,
  hexFromBytes,
  recordIdOf,
  type ScopeProof,
} from '@medchain/core'
import { NO_PROOFS, type ProofOf } from '../../disclosure/own-proofs.ts'
import { rememberingView } from '../../disclosure/remembering-view.ts'
import { goneRecordsOf } from '../gone-records.ts'
import type { ResearchPorts } from '../ports.ts'
import type { ResourceTable } from '../table/resource-table.ts'

/** Rows that an answer may rest on: those of whole units, and single records of others. */
export interface VisibleRows {
  readonly units: readonly string[]
  readonly records: readonly string[]
}

/** Batches that the index has rows of. */
const indexedBatches = async (
  { chain }: ResearchPorts,
  table: ResourceTable,
): Promise<readonly { readonly unit: string; readonly batchId: Uint8Array; readonly batch: Batch }[]> => {
  const rows = await table.query('select distinct unit from resource where length(unit) = 32', [])
  const { view } = chain.head()
  return rows.flatMap(({ unit }) => {
    const batchId = bytesFromHex(String(unit))
    const batch = batchId.ok ? view.get(batches, batchId.value) : undefined
    return batchId.ok && batch ? [{ unit: String(unit), batchId: batchId.value, batch }] : []
  })
}

/**
 * Present records of the institution's own index that both it and whoever asks may use for its operations at this
 * head: whom a patient forbade to read does not read by asking the institution's index.
 */
export const visibleRecords = async (
  ports: ResearchPorts,
  table: ResourceTable,
  actor: Uint8Array,
): Promise<VisibleRows> => {
  const indexed = await indexedBatches(ports, table)
  const proofs = new Map<string, ProofOf>()
  for (const { batch } of indexed) {
    const name = hexFromBytes(batch.chart)
    if (!proofs.has(name)) proofs.set(name, await ports.proofsOf(batch.chart, 'HOPERAT'))
  }
  const head = ports.chain.head()
  const view = rememberingView(head.view)
  // What the wall clock has ended is over, though no block has said so yet.
  const times = [head.timeMs, Math.max(head.timeMs, ports.clock.wallMs())]
  const isVisible = (chart: Uint8Array, recordId: Uint8Array, scopeProof: ScopeProof | undefined): boolean =>
    [ports.self.id, actor].every((asking) =>
      times.every((timeMs) => {
        const question = { actor: asking, chart, recordId, purpose: 'HOPERAT', mode: 'read' } as const
        return decideAccess(view, { ...question, timeMs, scopeProof }).outcome === 'permit'
      }),
    )
  const gone = new Map<string, ReadonlySet<string>>()
  const goneIn = (chart: Uint8Array): ReadonlySet<string> => {
    const name = hexFromBytes(chart)
    const found = gone.get(name) ?? goneRecordsOf({ view, timeMs: head.timeMs }, chart)
    gone.set(name, found)
    return found
  }
  const units: string[] = []
  const records: string[] = []
  for (const { unit, batchId, batch } of indexed) {
    const ids = Array.from({ length: batch.count }, (_, position) => recordIdOf(batchId, position))
    const proofOf = proofs.get(hexFromBytes(batch.chart)) ?? NO_PROOFS
    const present = ids.filter((id) => !goneIn(batch.chart).has(hexFromBytes(id)))
    const [first] = present
    // What opens one record without a list opens the batch.
    const isOpen = first !== undefined && isVisible(batch.chart, first, undefined)
    if (isOpen && present.length === ids.length) units.push(unit)
    else
      records.push(
        ...present.filter((id) => isOpen || isVisible(batch.chart, id, proofOf(id))).map(hexFromBytes),
      )
  }
  return { units, records }
}
