import { COMPARTMENTS, type Compartment } from '../../access/compartments.ts'
import { blob, bytes, list, optional, struct, uint, word } from '../../encoding/index.ts'
import { type SignedDisclosure, signedDisclosureSchema } from '../disclosure.ts'
import {
  type EmergencyDetails,
  emergencyDetailsSchema,
  type FiledNote,
  filedNoteSchema,
} from '../emergency-details.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

const CUSTODIANS_MAX = 16
const EPOCHS_MAX = 4096

export interface SharesToKeep {
  readonly epoch: number
  readonly setId: Uint8Array
  /** Height of the block that holds their digests. */
  readonly height: number
  readonly shares: readonly { readonly institution: Uint8Array; readonly sealed: Uint8Array }[]
}

/** Hands each custodian its share of an epoch secret (BG3). Actor: the chart; the node carries them on. */
export const emergencyKeepShares = action(
  'emergency.keep-shares',
  struct<SharesToKeep>({
    epoch: uint(0xffffffff),
    setId: bytes(32),
    height: uint(),
    shares: list(struct({ institution: id, sealed: blob(1024) }), CUSTODIANS_MAX),
  }),
  EMPTY_SCHEMA,
)

/** Epochs of which the node holds a share that fits its digest on the chain. Actor: the chart. */
export const emergencyReady = action(
  'emergency.ready',
  EMPTY_SCHEMA,
  struct<{ readonly epochs: readonly number[] }>({ epochs: list(uint(0xffffffff), EPOCHS_MAX) }),
)

/** A custodian's share of one epoch, with its place in the set. */
export interface ReleasedShare {
  readonly epoch: number
  readonly position: number
  readonly share: Uint8Array
}

export const releasedSharesSchema = list(
  struct<ReleasedShare>({ epoch: uint(0xffffffff), position: uint(255), share: blob(64) }),
  EPOCHS_MAX,
)

/**
 * A custodian's shares of a chart, for a signed statement of kind `share` and the word of an institution that keeps the
 * text; sealed to its response key (BG7).
 */
export const emergencyShare = action(
  'emergency.share',
  struct<{ readonly signed: SignedDisclosure; readonly filed: FiledNote | undefined }>({
    signed: signedDisclosureSchema,
    filed: optional(filedNoteSchema),
  }),
  blob(1024 * 1024),
)

/** Charts of a person that are open to emergencies, from the directory of the node asked. Actor: a clinician. */
export const emergencyCharts = action(
  'emergency.charts',
  struct<{ readonly person: Uint8Array }>({ person: id }),
  list(
    struct<{ readonly compartment: Compartment; readonly chart: Uint8Array }>({
      compartment: word(COMPARTMENTS),
      chart: id,
    }),
    COMPARTMENTS.length,
  ),
)

/** Text and site of a declaration, as its digest on the chain commits to; answers with the node's word for it. Actor: the declarer. */
export const emergencyDescribe = action(
  'emergency.describe',
  struct<{ readonly id: Uint8Array; readonly details: EmergencyDetails }>({
    id,
    details: emergencyDetailsSchema,
  }),
  filedNoteSchema,
)

/** What the node was told of these emergencies. Actor: declarer, co-signer, chart, or who may review them. */
export const emergencyDetailsOf = action(
  'emergency.details',
  struct<{ readonly ids: readonly Uint8Array[] }>({ ids: list(id, 256) }),
  list(
    struct<{ readonly id: Uint8Array; readonly details: EmergencyDetails }>({
      id,
      details: emergencyDetailsSchema,
    }),
    256,
  ),
)
