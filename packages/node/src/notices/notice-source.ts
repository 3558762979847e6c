import type { Notice, ReadView } from '@medchain/core'

/** What a domain has to tell whoever these charts belong to, all of it, from committed state alone. */
export type NoticeSource = (view: ReadView, charts: readonly Uint8Array[]) => readonly Notice[]
