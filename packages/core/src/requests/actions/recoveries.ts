import { blob, list, optional, struct, uint } from '../../encoding/index.ts'
import { action, committedSchema, EMPTY_SCHEMA, idSchema as id } from './action.ts'
import { type CoSigned, coSignedSchema } from './registration.ts'

const shareBlob = blob(4096)
const contentBlob = blob((1 << 20) + 4096)

/** The sponsor registers a person's recovery and keeps whose it is in its directory. Actor: the person, by inception. */
export const recoveryRegister = action(
  'recovery.register',
  struct<{ readonly registration: CoSigned }>({ registration: coSignedSchema }),
  committedSchema,
)

/** The newest recovery of a person that the institution registered. Actor: the institution or its staff. */
export const recoveryFind = action(
  'recovery.find',
  struct<{ readonly person: Uint8Array }>({ person: id }),
  optional(id),
)

/**
 * What a custodian keeps of a recovery: its sealed share, once, and the sealed content, again with each change of
 * the keyring. Actor: the recovery.
 */
export const recoveryDeposit = action(
  'recovery.deposit',
  struct<{
    readonly share: Uint8Array | undefined
    readonly counter: number
    readonly content: Uint8Array
  }>({ share: optional(shareBlob), counter: uint(), content: contentBlob }),
  EMPTY_SCHEMA,
)

/** Whether the custodian holds a share that fits the chain. Actor: the recovery. */
export const recoveryReady = action(
  'recovery.ready',
  EMPTY_SCHEMA,
  struct<{ readonly counter: number }>({ counter: uint() }),
)

/** Hands a guardian's sealed share to its home institution. Actor: the recovery. */
export const recoveryEntrust = action(
  'recovery.entrust',
  struct<{ readonly guardian: Uint8Array; readonly sealed: Uint8Array }>({ guardian: id, sealed: shareBlob }),
  EMPTY_SCHEMA,
)

/** Shares that were entrusted to the actor, for recoveries that are not closed. Actor: a guardian. */
export const recoveryEntrusted = action(
  'recovery.entrusted',
  EMPTY_SCHEMA,
  list(
    struct<{ readonly recoveryId: Uint8Array; readonly sealed: Uint8Array }>({
      recoveryId: id,
      sealed: shareBlob,
    }),
    1000,
  ),
)

/** A guardian's share, sealed to the ticket that it approved of, for custodians to hand on. Actor: that guardian. */
export const recoveryGive = action(
  'recovery.give',
  struct<{ readonly recoveryId: Uint8Array; readonly position: number; readonly sealed: Uint8Array }>({
    recoveryId: id,
    position: uint(255),
    sealed: shareBlob,
  }),
  EMPTY_SCHEMA,
)

/** What a custodian gives to the ticket once the chain permits it. Actor: the ticket, by inception. */
export const recoveryCollect = action(
  'recovery.collect',
  struct<{ readonly recoveryId: Uint8Array }>({ recoveryId: id }),
  struct<{
    /** The custodian's own share, sealed to the ticket. */
    readonly share: Uint8Array
    /** Guardians' shares that came here, sealed to the ticket. */
    readonly given: readonly Uint8Array[]
    readonly counter: number
    readonly content: Uint8Array
  }>({ share: shareBlob, given: list(shareBlob, 16), counter: uint(), content: contentBlob }),
)
