import {
  accountIdFromDid,
  accounts,
  type Batch,
  base32FromBytes,
  batches,
  batchIdFromRecordId,
  chartBatches,
  chartEpochs,
  charts,
  didFromAccountId,
  disputesIn,
  type Grant,
  grantsOfChart as grantsIn,
  hexFromBytes,
  positionKey,
  type ReadView,
} from '@medchain/core'
import { valueOrFail } from '../command-error.ts'
import type { AccountInfo, BatchInfo, ChartInfo, GrantInfo } from './api-types.ts'
import { type ProvingMany, readProven } from './proven-view.ts'

// What the chain proves of accounts and charts, complete: how many grants and batches a chart has stands in its
// own entry, so that a node can neither add one nor leave one out.

/** The account of a DID, or undefined when the chain has none. */
export const findAccount = (client: ProvingMany, did: string): Promise<AccountInfo | undefined> => {
  const id = valueOrFail(accountIdFromDid(did))
  return readProven(client, (view) => {
    const account = view.get(accounts, id)
    return (
      account && {
        did,
        role: account.role,
        status: account.status,
        sponsor: account.sponsor ? didFromAccountId(account.sponsor) : null,
        signingKey: hexFromBytes(account.signingKey),
        sealingKey: hexFromBytes(account.sealingKey),
        institutionName: account.institutionName ?? null,
      }
    )
  })
}

/** A chart by its id, or undefined when the chain has none. */
export const findChart = (client: ProvingMany, id: Uint8Array): Promise<ChartInfo | undefined> =>
  readProven(client, (view) => {
    const chart = view.get(charts, id)
    const present = chart && view.get(chartEpochs, id, positionKey(chart.epoch))
    return (
      present && {
        did: didFromAccountId(id),
        sponsor: didFromAccountId(chart.sponsor),
        epoch: chart.epoch,
        epochKey: hexFromBytes(chart.epochKey),
        epochOpenedHeight: present.height,
        epochOpenedMs: present.timeMs,
        registeredHeight: chart.registeredHeight,
        batchCount: chart.batchCount,
        recordCount: chart.recordCount,
        grantCount: chart.grantCount,
      }
    )
  })

const grantInfo = (grant: Grant): GrantInfo => ({
  grantId: base32FromBytes(grant.grantId),
  grantee: didFromAccountId(grant.grantee),
  mode: grant.mode,
  purposes: grant.purposes,
  fromMs: grant.fromMs,
  untilMs: grant.untilMs,
  scopeDigest: grant.scopeDigest ? hexFromBytes(grant.scopeDigest) : null,
  broker: grant.broker ? didFromAccountId(grant.broker) : null,
  isDeny: grant.isDeny,
  grantedHeight: grant.grantedHeight,
  revokedHeight: grant.revokedHeight ?? null,
})

/** Every grant that a chart gave, oldest first. */
export const grantsOfChart = (client: ProvingMany, chart: Uint8Array): Promise<readonly GrantInfo[]> =>
  readProven(client, (view) => grantsIn(view, chart).map(grantInfo))

/** A batch, and what it disputes, if it does. */
export const batchInfo = (
  batchId: Uint8Array,
  batch: Batch,
  disputed: Uint8Array | undefined,
): BatchInfo => ({
  batchId: base32FromBytes(batchId),
  chart: didFromAccountId(batch.chart),
  epoch: batch.epoch,
  author: didFromAccountId(batch.author),
  institution: didFromAccountId(batch.institution),
  disputed: disputed ? base32FromBytes(disputed) : null,
  count: batch.count,
  height: batch.height,
  timeMs: batch.timeMs,
  anchorsRoot: hexFromBytes(batch.anchorsRoot),
})

const nameOfBatch = (recordId: Uint8Array): string => base32FromBytes(batchIdFromRecordId(recordId))

const batchesIn = (view: ReadView, chart: Uint8Array): readonly BatchInfo[] => {
  const count = view.get(charts, chart)?.batchCount ?? 0
  const disputed = new Map(disputesIn(view, chart).map((each) => [nameOfBatch(each.recordId), each.disputed]))
  return Array.from({ length: count }, (_, position) => {
    const batchId = view.get(chartBatches, chart, positionKey(position))
    const batch = batchId && view.get(batches, batchId)
    return batchId && batch ? [batchInfo(batchId, batch, disputed.get(base32FromBytes(batchId)))] : []
  }).flat()
}

/** Every batch of records in a chart, oldest first. */
export const batchesOfChart = (client: ProvingMany, chart: Uint8Array): Promise<readonly BatchInfo[]> =>
  readProven(client, (view) => batchesIn(view, chart))
