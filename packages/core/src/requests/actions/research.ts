import { blob, struct, text } from '../../encoding/index.ts'
import { action, EMPTY_SCHEMA } from './action.ts'

/** A research or operations query; request and answer are JSON documents of the CLI contract. Actor: staff or researcher. */
export const queryRun = action(
  'query.run',
  struct<{ readonly json: string }>({ json: text(64 * 1024) }),
  struct<{ readonly json: string }>({ json: text(16 * 1024 * 1024) }),
)

/** De-identified rows for one research grant, from its broker to the receiving institution. Actor: the broker. */
export const researchDeliver = action(
  'research.deliver',
  struct<{ readonly delivery: Uint8Array }>({ delivery: blob(20 * 1024 * 1024) }),
  EMPTY_SCHEMA,
)
