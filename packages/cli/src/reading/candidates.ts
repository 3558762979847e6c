import { base32FromBytes, didFromAccountId, equalBytes, recordIdFromBatch } from '@medchain/core'
import { batchesOfChart, grantsOfChart } from '../client/accounts.ts'
import type { BatchInfo } from '../client/api-types.ts'
import { type DisputeInfo, disputesOfChart } from '../client/disputes.ts'
import type { ProvingMany } from '../client/proven-view.ts'
import { type Superseded, supersededOfChart } from '../client/supersessions.ts'
import { bytesOfId, idOfDid } from './chain-facts.ts'
import type { ReadableChart } from './readable-charts.ts'

/** A record that the person has some reason to ask for; the legs decide. */
export interface Candidate {
  readonly id: string
  readonly recordId: Uint8Array
  readonly chart: ReadableChart
  readonly batch: BatchInfo
  /** What its author said of it since; absent for a present record. */
  readonly superseded?: Superseded | undefined
  /** Who disputes it. */
  readonly disputes: readonly DisputeInfo[]
}

/** Id of the record whose grants and lists decide: what a dispute disputes, else the record itself. */
export const decidingIdOf = ({ id, batch }: Candidate): string => batch.disputed ?? id

export const isCurrent = ({ superseded }: Candidate): boolean => superseded === undefined

/** Whether the patient let the person's institution read: its key agent then has keys that the person has not. */
const isInstitutionGranted = async (
  client: ProvingMany,
  { chart, institution }: ReadableChart,
): Promise<boolean> => {
  if (institution === undefined) return false
  const did = didFromAccountId(institution)
  const grants = await grantsOfChart(client, chart)
  return grants.some(({ grantee, mode, isDeny }) => grantee === did && mode !== 'write' && !isDeny)
}

/** Records of a chart that its keys, its grants or its authorship give a reason to ask for, oldest first. */
export const candidatesOf = async (
  client: ProvingMany,
  chart: ReadableChart,
): Promise<readonly Candidate[]> => {
  const listed = new Set(chart.recordLists.flatMap(({ recordIds }) => recordIds.map(base32FromBytes)))
  const [batches, superseded, disputes, isWhole] = await Promise.all([
    batchesOfChart(client, chart.chart),
    supersededOfChart(client, chart.chart),
    disputesOfChart(client, chart.chart),
    chart.isOwn || isInstitutionGranted(client, chart),
  ])
  return batches.flatMap((batch) => {
    const batchId = bytesOfId(batch.batchId)
    const isWritten =
      chart.institution !== undefined && equalBytes(idOfDid(batch.institution), chart.institution)
    const isWorthAsking = isWhole || isWritten || chart.epochSecrets.has(batch.epoch)
    return Array.from({ length: batch.count }, (_, position) => {
      const recordId = recordIdFromBatch(batchId, position)
      const id = base32FromBytes(recordId)
      const said = { superseded: superseded.get(id), disputes: disputes.get(id) ?? [] }
      return { id, recordId, chart, batch, ...said }
    }).filter((candidate) => isWorthAsking || listed.has(decidingIdOf(candidate)))
  })
}
