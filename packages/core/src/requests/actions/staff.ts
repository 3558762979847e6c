import { list, optional, struct } from '../../encoding/index.ts'
import { type SignedAttestation, signedAttestationSchema } from '../attestation.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

/** Keeps what the institution says of an account, and admits that account without a token. Actor: the institution. */
export const staffAttest = action(
  'staff.attest',
  struct<{ readonly signed: SignedAttestation }>({ signed: signedAttestationSchema }),
  EMPTY_SCHEMA,
)

/** All attestations of the institution, in the order of accounts. Actor: the institution. */
export const staffList = action(
  'staff.list',
  struct<{ readonly after: Uint8Array | undefined }>({ after: optional(id) }),
  list(signedAttestationSchema, 1000),
)

/** Deletes what the directory says of an account. Actor: the institution. */
export const staffForget = action(
  'staff.forget',
  struct<{ readonly account: Uint8Array }>({ account: id }),
  EMPTY_SCHEMA,
)

/** What the institution says of an account, for anybody who has its id. Passed on to the sponsor's node. */
export const staffFind = action(
  'staff.find',
  struct<{ readonly account: Uint8Array }>({ account: id }),
  struct<{ readonly signed: SignedAttestation | undefined }>({ signed: optional(signedAttestationSchema) }),
)
