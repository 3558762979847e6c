import {
  base32FromBytes,
  batches,
  bytesFromHex,
  bytesFromText,
  decideAccess,
  hashTagged,
  hexFromBytes,
  recordIdOf,
} from '@medchain/core'
import type { Receiver } from '../broker/receive.ts'
import type { ResearchPorts } from '../ports.ts'
import type { ResourceTable } from '../table/resource-table.ts'

/** Batches of the index that the institution may use for its operations at this head. */
export const visibleBatches = async (
  { chain, self, clock }: ResearchPorts,
  table: ResourceTable,
): Promise<string[]> => {
  const rows = await table.query('select distinct unit from resource where length(unit) = 32', [])
  const { view, timeMs } = chain.head()
  return rows
    .map(({ unit }) => String(unit))
    .filter((unit) => {
      const batchId = bytesFromHex(unit)
      const batch = batchId.ok ? view.get(batches, batchId.value) : undefined
      if (!batchId.ok || !batch) return false
      const recordId = recordIdOf(batchId.value, 0)
      const question = {
        actor: self.id,
        chart: batch.chart,
        recordId,
        purpose: 'HOPERAT',
        mode: 'read',
        scopeProof: undefined,
      } as const
      // What the wall clock has ended is over, though no block has said so yet.
      return [timeMs, Math.max(timeMs, clock.wallMs())].every(
        (atMs) => decideAccess(view, { ...question, timeMs: atMs }).outcome === 'permit',
      )
    })
}

/** Grants under which `actor` may count delivered rows at this head. */
export const visibleGrants = (
  { chain, clock }: ResearchPorts,
  receiver: Receiver,
  actor: Uint8Array,
): string[] => {
  const { view, timeMs } = chain.head()
  const now = Math.max(timeMs, clock.wallMs())
  return receiver
    .grantsInForce()
    .filter(({ chart }) => {
      const question = {
        actor,
        chart,
        recordId: undefined,
        purpose: 'HRESCH',
        mode: 'deidentified',
        timeMs: now,
        scopeProof: undefined,
      } as const
      return decideAccess(view, question).outcome === 'permit'
    })
    .map(({ grantId }) => hexFromBytes(grantId))
}

/** Names the consents an answer rests on: a digest over the grants, the query and the height. */
export const licenceOf = (grantIds: readonly string[], query: string, height: number): string =>
  base32FromBytes(
    hashTagged(
      'medchain/licence/1',
      bytesFromText(`${height}\n${query}\n${[...grantIds].sort().join('\n')}`),
    ),
  )
