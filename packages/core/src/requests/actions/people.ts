import { blob, optional, struct } from '../../encoding/index.ts'
import { type PersonHistory, personHistorySchema } from '../person-rotation.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

/**
 * A person's new keys, with the keyring sealed to them (a signed `keyring.write` by the new key) in place of all
 * older ones. Goes to the institution that registered the person. Actor: the new keys, by inception.
 */
export const personRotate = action(
  'person.rotate',
  struct<{ readonly history: PersonHistory; readonly keyring: Uint8Array }>({
    history: personHistorySchema,
    keyring: blob(2 * 1024 * 1024),
  }),
  EMPTY_SCHEMA,
)

/** First keys and rotations of a person whose id one knows, to sign the next one for. Actor: an account. */
export const personHistory = action(
  'person.history',
  struct<{ readonly person: Uint8Array }>({ person: id }),
  optional(personHistorySchema),
)

/** The person who rotated to the actor's keys, if any; `identity.rotated` when others followed. Actor: keys, by inception. */
export const personFind = action('person.find', EMPTY_SCHEMA, optional(personHistorySchema))
