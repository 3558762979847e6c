import { base32FromBytes, batchIdFromRecordId, type ScopeProof, scopeProofOf } from '@medchain/core'
import { batchesOfChart } from '../client/accounts.ts'
import type { BatchInfo } from '../client/api-types.ts'
import type { CommandContext } from '../command-context.ts'
import { type Acting, openPatientKeyring } from './acting.ts'
import { bytesOfId, findBatch, idOfDid } from './chain-facts.ts'
import { receivedGrants } from './granted-keys.ts'

/** Lists of records that a patient's grants are limited to, as far as they stand in the record's chart. */
const givenLists = async (
  context: CommandContext,
  acting: Acting,
  batch: BatchInfo | undefined,
): Promise<readonly (readonly Uint8Array[])[]> => {
  if (batch === undefined) return []
  const batches = await batchesOfChart(acting.client, idOfDid(batch.chart))
  const ofChart = new Set(batches.map(({ batchId }) => batchId))
  const { grants } = (await openPatientKeyring(context, acting)).current()
  return grants.map(({ recordIds }) =>
    recordIds.filter((id) => ofChart.has(base32FromBytes(batchIdFromRecordId(id)))),
  )
}

const receivedLists = async (acting: Acting): Promise<readonly (readonly Uint8Array[])[]> =>
  (await receivedGrants(acting)).map(({ keys }) =>
    keys.type === 'records' ? keys.keys.map(({ recordId }) => recordId) : [],
  )

/** Proofs that a record is among those of a narrower grant, for each such grant known here. */
export const scopeProofsFor = async (
  context: CommandContext,
  acting: Acting,
  recordId: Uint8Array,
): Promise<readonly ScopeProof[]> => {
  const batch = await findBatch(acting.client, batchIdFromRecordId(recordId))
  const lists = acting.isPatient ? await givenLists(context, acting, batch) : await receivedLists(acting)
  // What disputes a record is read by whoever may read that record.
  const listed = batch?.disputed ? bytesOfId(batch.disputed) : recordId
  const proofs = new Map<string, ScopeProof>()
  for (const recordIds of lists) {
    const proof = scopeProofOf(recordIds, listed)
    if (proof !== undefined) proofs.set(recordIds.map(base32FromBytes).join(), proof)
  }
  return [...proofs.values()]
}
