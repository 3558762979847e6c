import { bytes, equalBytes, list, ok, refuse, struct, uint } from '../../encoding/index.ts'
import { isInstitutionRole } from '../../identity/roles.ts'
import { decideAccess } from '../consent/decide.ts'
import type { TransactionKind } from '../contract.ts'
import { accounts, charts, positionKey } from '../identity/tables.ts'
import {
  anchorsRootOf,
  batches,
  batchIdOf,
  chartBatches,
  nextRecordChain,
  RECORDS_PER_BATCH_MAX,
  type RecordAnchor,
  recordAnchorSchema,
} from './tables.ts'

export interface Anchoring {
  readonly chart: Uint8Array
  /** `batchIdOf` the chart, the author and the nonce. */
  readonly batchId: Uint8Array
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  /** The chart's epoch that the batch is sealed to. */
  readonly epoch: number
  readonly anchors: readonly RecordAnchor[]
}

export const anchoringSchema = struct<Anchoring>({
  chart: bytes(32),
  batchId: bytes(16),
  nonce: bytes(16),
  epoch: uint(),
  anchors: list(recordAnchorSchema, RECORDS_PER_BATCH_MAX),
})

/** An author commits to a batch of records in a chart it may write to. */
export const anchorRecords: TransactionKind<Anchoring> = {
  kind: 'records.anchor',
  payload: anchoringSchema,
  apply: (view, payload, context) => {
    const author = view.get(accounts, context.sender)
    const chart = view.get(charts, payload.chart)
    const { timeMs } = context
    const decision = decideAccess(view, {
      actor: context.sender,
      chart: payload.chart,
      recordId: undefined,
      purpose: 'TREAT',
      mode: 'write',
      timeMs,
      scopeProof: undefined,
    })
    if (!author || !chart) return refuse('consent.none', 'The author has no grant to write here.')
    if (decision.outcome === 'deny') return refuse(decision.code, decision.rule)
    if (payload.epoch !== chart.epoch) {
      return refuse('records.stale-epoch', 'The chart has begun a new epoch; seal the records to its key.')
    }
    if (!equalBytes(payload.batchId, batchIdOf(payload.chart, context.sender, payload.nonce))) {
      return refuse('records.batch-id', 'The batch id is not that of its chart, author and nonce.')
    }
    if (payload.anchors.length === 0) return refuse('records.empty', 'A batch holds at least one record.')
    if (view.get(batches, payload.batchId))
      return refuse('records.exists', 'A batch of that id exists already.')
    const institution = isInstitutionRole(author.role) ? context.sender : (author.sponsor as Uint8Array)
    const anchorsRoot = anchorsRootOf(payload.anchors)
    const count = payload.anchors.length
    const { epoch, batchId } = payload
    const { height, sender } = context
    view.put(
      batches,
      { chart: payload.chart, epoch, author: sender, institution, count, height, timeMs, anchorsRoot },
      batchId,
    )
    view.put(chartBatches, batchId, payload.chart, positionKey(chart.batchCount))
    view.put(
      charts,
      {
        ...chart,
        batchCount: chart.batchCount + 1,
        recordCount: chart.recordCount + count,
        recordChain: nextRecordChain(chart.recordChain, batchId, anchorsRoot),
      },
      payload.chart,
    )
    return ok([{ kind: 'records.anchored', subjects: [payload.chart, batchId] }])
  },
}
