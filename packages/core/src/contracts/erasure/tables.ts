import { bytes, list, optional, struct, uint, word } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import { MEMBERS_MAX } from '../governance/tables.ts'
import { RECORDS_PER_BATCH_MAX } from '../records/tables.ts'
import { HOLD_REASONS, type HoldReason } from './hold-reasons.ts'

export const RECORDS_PER_ERASURE_MAX = RECORDS_PER_BATCH_MAX

/** Erasures of one chart that are not due yet. */
export const OPEN_ERASURES_MAX = 128

/** Holds in force on one chart: of one institution, and of all. */
export const HOLDS_PER_INSTITUTION_MAX = 32
export const HOLDS_PER_CHART_MAX = 256

/** Known by the id of the transaction that asked for it. Times are block time. */
export interface Erasure {
  readonly chart: Uint8Array
  /** Records asked for; what holds took out again is in `withheldRecords`. */
  readonly count: number
  readonly requestedHeight: number
  readonly requestedMs: number
  /** From then on it cannot be cancelled, and holders destroy. */
  readonly dueMs: number
  readonly status: 'requested' | 'cancelled' | 'refused'
}

export const erasures = table(
  'erasure.request',
  struct<Erasure>({
    chart: bytes(32),
    count: uint(RECORDS_PER_ERASURE_MAX),
    requestedHeight: uint(),
    requestedMs: uint(),
    dueMs: uint(),
    status: word(['requested', 'cancelled', 'refused']),
  }),
)

/** Record ids that an erasure asked for, in increasing order. */
export const erasureRecords = table('erasure.records', list(bytes(18), RECORDS_PER_ERASURE_MAX))

/** The erasure that a record last belonged to; absent where a hold took the record out of it. */
export const recordErasures = table('erasure.of-record', bytes(32))

export interface Withheld {
  readonly recordId: Uint8Array
  readonly holdId: Uint8Array
}

/** What holds took out of an erasure before it was due. */
export const withheldRecords = table(
  'erasure.withheld',
  list(struct<Withheld>({ recordId: bytes(18), holdId: bytes(32) }), RECORDS_PER_ERASURE_MAX),
)

/** Ids of a chart's erasures that were not due when the last one was asked for. */
export const openErasures = table('erasure.open', list(bytes(32), OPEN_ERASURES_MAX))

/** How many erasures a chart, or (under no key) the network, has seen. */
export const chartErasureCounts = table('erasure.chart-count', uint())
export const erasureCount = table('erasure.count', uint())

/** Erasure ids, by chart and position, and of the whole network by position. */
export const chartErasures = table('erasure.of-chart', bytes(32))
export const erasureLog = table('erasure.log', bytes(32))

export interface Receipt {
  readonly institution: Uint8Array
  readonly height: number
}

/** Who has to sign that it destroyed, fixed by the first who did, and who signed. */
export interface Receipts {
  readonly owed: readonly Uint8Array[]
  readonly signed: readonly Receipt[]
}

export const erasureReceipts = table(
  'erasure.receipts',
  struct<Receipts>({
    owed: list(bytes(32), MEMBERS_MAX),
    signed: list(struct<Receipt>({ institution: bytes(32), height: uint() }), MEMBERS_MAX),
  }),
)

/** Known by the id of the transaction that placed it. */
export interface Hold {
  readonly chart: Uint8Array
  readonly institution: Uint8Array
  /** In increasing order; none for the whole chart, of a regulator only. */
  readonly records: readonly Uint8Array[]
  readonly reason: HoldReason
  /** SHA-256 of the document that orders it, which stays off the chain. */
  readonly documentDigest: Uint8Array
  readonly placedHeight: number
  readonly placedMs: number
  /** For a retention period: how long after its anchoring a record is kept. */
  readonly periodMs: number | undefined
  readonly releasedHeight: number | undefined
}

export const holds = table(
  'erasure.hold',
  struct<Hold>({
    chart: bytes(32),
    institution: bytes(32),
    records: list(bytes(18), RECORDS_PER_ERASURE_MAX),
    reason: word(HOLD_REASONS),
    documentDigest: bytes(32),
    placedHeight: uint(),
    placedMs: uint(),
    periodMs: optional(uint()),
    releasedHeight: optional(uint()),
  }),
)

/** Ids of the holds on a chart that nobody released, oldest first. */
export const chartHolds = table('erasure.chart-holds', list(bytes(32), HOLDS_PER_CHART_MAX))
