import { blob, optional, struct, uint } from '../../encoding/index.ts'
import { action, EMPTY_SCHEMA } from './action.ts'

/** Stores the actor's sealed keyring; a counter that is not higher is `keyring.stale`. */
export const keyringWrite = action(
  'keyring.write',
  struct<{ readonly counter: number; readonly sealed: Uint8Array }>({
    counter: uint(),
    sealed: blob(1 << 20),
  }),
  EMPTY_SCHEMA,
)

export const keyringRead = action(
  'keyring.read',
  EMPTY_SCHEMA,
  struct<{ readonly counter: number; readonly sealed: Uint8Array | undefined }>({
    counter: uint(),
    sealed: optional(blob(1 << 20)),
  }),
)
