import { list, optional, struct, text, uint } from '../../encoding/index.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

/** Something that a person is to know of, from committed state. */
export interface Notice {
  /** Hash of what it is about. */
  readonly id: Uint8Array
  /** `emergency.declared` and the like: the event of the chain that it tells. */
  readonly kind: string
  readonly timeMs: number
  readonly chart: Uint8Array | undefined
  /** Who did it. */
  readonly actor: Uint8Array | undefined
  /** Emergency or whatever else it is about. */
  readonly reference: Uint8Array | undefined
}

const NOTICES_MAX = 1000

/** What the person has not acknowledged, newest first. Actor: the person (or a guardian), at their home node. */
export const noticeList = action(
  'notice.list',
  EMPTY_SCHEMA,
  list(
    struct<Notice>({
      id,
      kind: text(64),
      timeMs: uint(),
      chart: optional(id),
      actor: optional(id),
      reference: optional(id),
    }),
    NOTICES_MAX,
  ),
)

export const noticeAcknowledge = action(
  'notice.acknowledge',
  struct<{ readonly ids: readonly Uint8Array[] }>({ ids: list(id, NOTICES_MAX) }),
  EMPTY_SCHEMA,
)
