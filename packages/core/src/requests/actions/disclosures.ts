import { GRANTS_PER_PARTY_MAX } from '../../contracts/consent/tables.ts'
import { blob, bytes, list, struct, uint, word } from '../../encoding/index.ts'
import { type SignedDisclosure, signedDisclosureSchema } from '../disclosure.ts'
import { action, idSchema as id, RECORDS_MAX } from './action.ts'

/** One leg of a disclosure, from the holder that the statement names (`agent`: the serving node itself). */
export const disclosureLeg = action(
  'disclosure.leg',
  struct<{ readonly signed: SignedDisclosure; readonly leg: 'ciphertext' | 'release' }>({
    signed: signedDisclosureSchema,
    leg: word(['ciphertext', 'release']),
  }),
  blob(24 * 1024 * 1024),
)

/** A piece of a large ciphertext, for a statement that the holder permitted within ten minutes. */
export const disclosureChunk = action(
  'disclosure.chunk',
  struct<{
    readonly statementHash: Uint8Array
    readonly recordId: Uint8Array
    readonly offset: number
    readonly length: number
  }>({
    statementHash: id,
    recordId: bytes(18),
    offset: uint(),
    length: uint(4 * 1024 * 1024),
  }),
  blob(4 * 1024 * 1024),
)

/** k1 of records that the institution wrote or was granted, resealed to its staff member. Sealed to the response key. */
export const agentKeys = action(
  'agent.keys',
  struct<{ readonly signed: SignedDisclosure; readonly envelopes: readonly Uint8Array[] }>({
    signed: signedDisclosureSchema,
    envelopes: list(blob(64 * 1024), RECORDS_MAX),
  }),
  blob(24 * 1024 * 1024),
)

/**
 * Records that grants to the institution list in one chart, for the proofs that a reading needs. Actor: its staff.
 * What is listed says nothing of what may be read now: that is decided when it is read.
 */
export const agentScopes = action(
  'agent.scopes',
  struct<{ readonly chart: Uint8Array }>({ chart: id }),
  list(
    struct<{ readonly grantId: Uint8Array; readonly recordIds: readonly Uint8Array[] }>({
      grantId: id,
      recordIds: list(bytes(18), RECORDS_MAX),
    }),
    GRANTS_PER_PARTY_MAX,
  ),
)
