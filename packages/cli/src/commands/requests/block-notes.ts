import {
  base32FromBytes,
  bytes,
  decode,
  didFromAccountId,
  encode,
  type LetterPlace,
  openLetter,
  optional,
  sealLetter,
  struct,
  text,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import type { HeldBlock } from '../../asking/read-inbox.ts'
import { requesterName } from '../../asking/request-json.ts'
import { valueOrFail } from '../../command-error.ts'
import type { Session } from '../../wallet/session.ts'

/** Who is blocked: the node that drops their requests does not know. */
interface Note {
  readonly requester: Uint8Array
  readonly name: string | undefined
}

const noteSchema = struct<Note>({ requester: bytes(32), name: optional(text(1024)) })

export const blockIdText = ({ sender }: Pick<HeldBlock, 'sender'>): string => base32FromBytes(sender)

const placeOf = ({ networkId, identity }: Session): LetterPlace => ({
  label: 'medchain/own-note/1',
  networkId,
  subject: identity.id,
  recipient: identity.id,
})

/** A note for the patient's own eyes. */
export const sealNote = async (session: Session, received: ReceivedRequest): Promise<Uint8Array> => {
  const note = { requester: received.requester.id, name: requesterName(received) ?? undefined }
  const key = nodeCiphers.x25519Public(session.identity.secrets.sealingSecret)
  return valueOrFail(await sealLetter(key, placeOf(session), encode(noteSchema, note)))
}

export interface NamedBlock {
  readonly block: HeldBlock
  readonly did: string
  readonly name: string | null
}

/** The blocks with whom they are about; a note that does not open any more names nobody. */
export const blockNotes = (session: Session, blocks: readonly HeldBlock[]): Promise<readonly NamedBlock[]> =>
  Promise.all(
    blocks.map(async (block) => {
      const content = await openLetter(session.identity.secrets.sealingSecret, placeOf(session), block.note)
      const note = content.ok ? decode(noteSchema, content.value) : content
      return note.ok
        ? { block, did: didFromAccountId(note.value.requester), name: note.value.name ?? null }
        : { block, did: '', name: null }
    }),
  )
