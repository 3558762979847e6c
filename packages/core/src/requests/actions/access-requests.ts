import { blob, bytes, list, optional, struct, uint, word } from '../../encoding/index.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

const requestId = bytes(16)
const letter = blob(40 * 1024)

export interface AccessSending {
  readonly requestId: Uint8Array
  readonly subject: Uint8Array
  /** Sealed to the patient. */
  readonly sealed: Uint8Array
  /** The same content, sealed to the requester. */
  readonly copy: Uint8Array
  /** `answerLockOf`. */
  readonly lock: Uint8Array
  readonly expiresMs: number
}

/** Sends a sealed request to the patient's home, wherever that is. Actor: staff, researchers, or the institution. */
export const accessSend = action(
  'access-request.send',
  struct<AccessSending>({
    requestId,
    subject: id,
    sealed: letter,
    copy: letter,
    lock: id,
    expiresMs: uint(),
  }),
  EMPTY_SCHEMA,
)

/** A key to seal to the patient with; one that nobody has the secret of where the patient is not known. Actor: as above. */
export const accessKey = action(
  'access-request.key',
  struct<{ readonly subject: Uint8Array }>({ subject: id }),
  struct<{ readonly sealingKey: Uint8Array }>({ sealingKey: bytes(32) }),
)

export interface AccessDelivery {
  readonly requestId: Uint8Array
  readonly subject: Uint8Array
  /** The same for everything that one requester sends to one patient, and tells nobody who that is. */
  readonly sender: Uint8Array
  readonly sealed: Uint8Array
  readonly createdMs: number
  readonly expiresMs: number
}

/** A request on its way from node to node. Actor: the requester's institution. */
export const accessDeliver = action(
  'access-request.deliver',
  struct<AccessDelivery>({
    requestId,
    subject: id,
    sender: id,
    sealed: letter,
    createdMs: uint(),
    expiresMs: uint(),
  }),
  EMPTY_SCHEMA,
)

export interface AccessAnswering {
  readonly requestId: Uint8Array
  /** `answerKeyOf`. */
  readonly answerKey: Uint8Array
  /** Sealed to the requester. */
  readonly sealed: Uint8Array
}

/** Answers and takes the request out of the inbox. Actor: the patient. */
export const accessAnswer = action(
  'access-request.answer',
  struct<AccessAnswering>({ requestId, answerKey: id, sealed: letter }),
  EMPTY_SCHEMA,
)

/** An answer on its way from node to node. Actor: the patient's home institution. */
export const accessReturn = action(
  'access-request.return',
  struct<AccessAnswering & { readonly expiresMs: number }>({
    requestId,
    answerKey: id,
    sealed: letter,
    expiresMs: uint(),
  }),
  EMPTY_SCHEMA,
)

export interface ListedAccessRequest {
  readonly requestId: Uint8Array
  readonly direction: 'received' | 'sent'
  /** Whose node handed it over; of a sent one, where it was sent. */
  readonly institution: Uint8Array
  readonly createdMs: number
  readonly expiresMs: number
  readonly sealed: Uint8Array
  /** Sealed to the requester. */
  readonly answer: Uint8Array | undefined
}

export interface AccessBlock {
  readonly institution: Uint8Array
  readonly sender: Uint8Array
  /** Sealed by the patient to the patient: who that is. */
  readonly note: Uint8Array
}

/** Requests to the actor and from the actor, oldest first, and whom the actor blocks. */
export const accessList = action(
  'access-request.list',
  EMPTY_SCHEMA,
  struct<{ readonly requests: readonly ListedAccessRequest[]; readonly blocks: readonly AccessBlock[] }>({
    requests: list(
      struct<ListedAccessRequest>({
        requestId,
        direction: word(['received', 'sent']),
        institution: id,
        createdMs: uint(),
        expiresMs: uint(),
        sealed: letter,
        answer: optional(letter),
      }),
      500,
    ),
    blocks: list(struct<AccessBlock>({ institution: id, sender: id, note: letter }), 500),
  }),
)

/** Drops what the sender of this request sent, now and later, without a word. Actor: the patient. */
export const accessBlock = action(
  'access-request.block',
  struct<{ readonly requestId: Uint8Array; readonly note: Uint8Array }>({ requestId, note: letter }),
  EMPTY_SCHEMA,
)

export const accessUnblock = action(
  'access-request.unblock',
  struct<{ readonly institution: Uint8Array; readonly sender: Uint8Array }>({ institution: id, sender: id }),
  EMPTY_SCHEMA,
)
