import { blob, list, optional, struct } from '../../encoding/index.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

/** Hands a sealed grant to the grantee's institution. Actor: the chart that gave it. */
export const envelopeDeliver = action(
  'envelope.deliver',
  struct<{ readonly grantee: Uint8Array; readonly grantId: Uint8Array; readonly sealed: Uint8Array }>({
    grantee: id,
    grantId: id,
    sealed: blob(1 << 20),
  }),
  EMPTY_SCHEMA,
)

/** Sealed grants that wait for the actor, oldest first. */
export const envelopeList = action(
  'envelope.list',
  struct<{ readonly after: Uint8Array | undefined }>({ after: optional(id) }),
  list(
    struct<{ readonly grantId: Uint8Array; readonly sealed: Uint8Array }>({
      grantId: id,
      sealed: blob(1 << 20),
    }),
    1000,
  ),
)
