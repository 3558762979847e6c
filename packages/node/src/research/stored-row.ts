import { blob, bytes, bytesFromText, concatBytes, list, struct, text, uint } from '@medchain/core'

/** A resource as it lies, encrypted, in the node's own segments; the table is refilled from these. */
export interface StoredResource {
  /** Batch id, or grant id of a delivery. */
  readonly unit: Uint8Array
  /** Record id, or the pseudonym a broker gave it. */
  readonly record: Uint8Array
  readonly person: string
  /** The resource's text; empty for a record that is not a FHIR resource. */
  readonly resource: Uint8Array
}

export const storedResourceSchema = struct<StoredResource>({
  unit: blob(32),
  record: blob(32),
  person: text(128),
  resource: blob(8 * 1024 * 1024),
})

/** Rows that a broker hands over for one grant. */
export interface Delivery {
  readonly grantId: Uint8Array
  /** Pseudonym of the person, the same for all grants of the person to this institution. */
  readonly person: string
  readonly rows: readonly { readonly record: Uint8Array; readonly resource: Uint8Array }[]
  /** Batches of the chart that the rows so far cover, once this delivery is stored. */
  readonly batchCount: number
}

/** No larger row is delivered. */
export const ROW_BYTES_MAX = 1024 * 1024

export const deliverySchema = struct<Delivery>({
  grantId: bytes(32),
  person: text(128),
  rows: list(struct({ record: bytes(16), resource: blob(ROW_BYTES_MAX) }), 1000),
  batchCount: uint(),
})

/** How far a grant or an index has come: batches of the chart that are done. */
export const progressSchema = struct<{ readonly batchCount: number }>({ batchCount: uint() })

const under = (what: string): Uint8Array => bytesFromText(`research/${what}/`)

const PREFIXES = { own: under('own'), delivered: under('row'), expected: under('grant') }

/** Keys of the vault's `index` values that this room owns, by what they hold. */
export const indexKeys = {
  own: (record: Uint8Array) => concatBytes(PREFIXES.own, record),
  delivered: (grantId: Uint8Array, record: Uint8Array) => concatBytes(PREFIXES.delivered, grantId, record),
  deliveredPrefix: (grantId: Uint8Array) => concatBytes(PREFIXES.delivered, grantId),
  received: (grantId: Uint8Array) => concatBytes(under('received'), grantId),
  handedOver: (grantId: Uint8Array) => concatBytes(under('handed-over'), grantId),
  expected: (grantId: Uint8Array) => concatBytes(PREFIXES.expected, grantId),
  all: PREFIXES,
  /** What follows the prefix of an `own` or `expected` key. */
  restOf: (key: Uint8Array, prefix: Uint8Array) => key.slice(prefix.length),
}
