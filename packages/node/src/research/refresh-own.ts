import { decideAccess, hexFromBytes } from '@medchain/core'
import { batchesOfChart, slicesOf } from './chart-records.ts'
import type { ResearchPorts } from './ports.ts'
import type { ResourceIndex } from './resource-index.ts'
import type { StoredResource } from './stored-row.ts'

const RECORDS_PER_DISCLOSURE = 200
/** Holders look for the records of one while those of the other are opened and indexed. */
const DISCLOSURES_AT_ONCE = 2

/** What a refresh could not read; the answer of a query says so instead of counting short in silence. */
export interface RefreshReport {
  readonly unread: number
}

interface WantedRecord {
  readonly id: Uint8Array
  readonly batchId: Uint8Array
}

/** Reads and indexes some records of a chart; how many could not be read. */
const indexSlice = async (
  ports: ResearchPorts,
  index: ResourceIndex,
  { chart, person }: { readonly chart: Uint8Array; readonly person: Uint8Array },
  slice: readonly WantedRecord[],
): Promise<number> => {
  const opened = await ports.read(
    chart,
    slice.map(({ id }) => id),
    'HOPERAT',
  )
  let unread = 0
  const rows: StoredResource[] = []
  for (const { id, batchId } of slice) {
    const record = opened.get(hexFromBytes(id))
    if (!record?.ok) {
      unread += 1
      continue
    }
    const isFhir = record.value.mediaType.startsWith('application/fhir+json')
    const resource = isFhir ? record.value.bytes : new Uint8Array(0)
    rows.push({ unit: batchId, record: id, person: hexFromBytes(person), resource })
  }
  await index.addOwn(rows)
  return unread
}

/**
 * Brings the index up to the head: every record of the directory's charts that the institution may read for
 * its operations and has not indexed is opened by ordinary disclosures.
 */
export const refreshOwn = async (ports: ResearchPorts, index: ResourceIndex): Promise<RefreshReport> => {
  let unread = 0
  for (const { chart, person } of await ports.directoryCharts()) {
    const { view, timeMs } = ports.chain.head()
    const proofOf = await ports.proofsOf(chart, 'HOPERAT')
    const isWanted = (recordId: Uint8Array): boolean => {
      if (index.hasOwn(recordId)) return false
      const question = { actor: ports.self.id, chart, recordId, purpose: 'HOPERAT', mode: 'read' } as const
      const decision = decideAccess(view, { ...question, timeMs, scopeProof: proofOf(recordId) })
      return decision.outcome === 'permit'
    }
    const wanted = batchesOfChart({ view, timeMs }, chart, 0).flatMap(({ batchId, recordIds }) =>
      recordIds.filter(isWanted).map((id) => ({ id, batchId })),
    )
    const slices = slicesOf(wanted, RECORDS_PER_DISCLOSURE)
    const work = async (): Promise<void> => {
      for (let slice = slices.shift(); slice !== undefined; slice = slices.shift()) {
        const missed = await indexSlice(ports, index, { chart, person }, slice)
        unread += missed
      }
    }
    await Promise.all(Array.from({ length: DISCLOSURES_AT_ONCE }, work))
  }
  return { unread }
}
