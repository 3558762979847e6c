import { type Part2Copy, part2CopySchema } from '../../access/part2-consent.ts'
import { blob, optional, struct } from '../../encoding/index.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

const SEALED_BYTES_MAX = 40 * 1024

/**
 * Hands a sealed copy of the written consent behind a grant to one of its parties: the chart, the grantee, or a
 * programme under 42 CFR Part 2. Actor: whoever gave the grant.
 */
export const part2Deliver = action(
  'part2.deliver',
  struct<{ readonly grantId: Uint8Array; readonly party: Uint8Array; readonly sealed: Uint8Array }>({
    grantId: id,
    party: id,
    sealed: blob(SEALED_BYTES_MAX),
  }),
  EMPTY_SCHEMA,
)

/** Copies of the written consent behind a grant, as far as they are the actor's. */
export interface FoundPart2Copy {
  /** The actor's own, sealed to it. */
  readonly sealed: Uint8Array | undefined
  /** The institution's, opened for its staff. */
  readonly opened: Part2Copy | undefined
}

export const part2Find = action(
  'part2.find',
  struct<{ readonly grantId: Uint8Array }>({ grantId: id }),
  struct<FoundPart2Copy>({
    sealed: optional(blob(SEALED_BYTES_MAX)),
    opened: optional(part2CopySchema),
  }),
)
