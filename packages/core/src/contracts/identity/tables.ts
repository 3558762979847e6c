import { bytes, bytesFromUint, optional, struct, text, uint, word } from '../../encoding/index.ts'
import { inceptionSchema } from '../../identity/account-id.ts'
import { ROLES, type Role } from '../../identity/roles.ts'
import { table } from '../../state/table.ts'

export interface Account {
  readonly role: Role
  readonly status: 'active' | 'suspended'
  /** Institution that enrolled a person; absent for an institution. */
  readonly sponsor: Uint8Array | undefined
  readonly signingKey: Uint8Array
  readonly sealingKey: Uint8Array
  /** Public name of an institution; a person's name is never on the chain. */
  readonly institutionName: string | undefined
}

export const accounts = table(
  'identity.account',
  struct<Account>({
    role: word(ROLES),
    status: word(['active', 'suspended']),
    sponsor: optional(bytes(32)),
    signingKey: bytes(32),
    sealingKey: bytes(32),
    institutionName: optional(text(128)),
  }),
)

export interface Chart {
  /** Institution that registered it. */
  readonly sponsor: Uint8Array
  /** Ed25519 key that signs for the chart. */
  readonly controllerKey: Uint8Array
  /** Counts from 0; each has its own X25519 key. */
  readonly epoch: number
  readonly epochKey: Uint8Array
  readonly registeredHeight: number
  readonly batchCount: number
  readonly recordCount: number
  /** Chained hash over all batches: a node that hides a record cannot reproduce it. */
  readonly recordChain: Uint8Array
  readonly grantCount: number
}

export const charts = table(
  'identity.chart',
  struct<Chart>({
    sponsor: bytes(32),
    controllerKey: bytes(32),
    epoch: uint(),
    epochKey: bytes(32),
    registeredHeight: uint(),
    batchCount: uint(),
    recordCount: uint(),
    recordChain: bytes(32),
    grantCount: uint(),
  }),
)

/** When a chart began an epoch: who was let in before, and ended since, knows its secret. */
export interface EpochOpening {
  readonly height: number
  /** Block time in ms. */
  readonly timeMs: number
}

export interface ChartEpoch extends EpochOpening {
  /** X25519 public key. */
  readonly epochKey: Uint8Array
}

/** By chart and epoch number. */
export const chartEpochs = table(
  'identity.chart-epoch',
  struct<ChartEpoch>({ epochKey: bytes(32), height: uint(), timeMs: uint() }),
)

/** Epoch keys and controller keys that a chart had after its first ones, by chart and key; each is used once. */
export const spentChartKeys = table('identity.spent-chart-key', uint())

/** First keys of an account by a signing key that it rotated to. */
export const inceptionsByKey = table('identity.inception-by-key', inceptionSchema)

/** Four-byte table key of a position. */
export const positionKey = (position: number): Uint8Array => bytesFromUint(position, 4)
