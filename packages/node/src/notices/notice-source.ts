import type { Notice, ReadView } from '@medchain/core'

/** What somebody is told about. */
export interface NoticeSubjects {
  readonly charts: readonly Uint8Array[]
  /** The person's own recoveries that this institution registered; none for a guardian. */
  readonly recoveries: readonly Uint8Array[]
}

/** What a domain has to tell whoever these belong to, all of it, from committed state alone. */
export type NoticeSource = (view: ReadView, subjects: NoticeSubjects) => readonly Notice[]
