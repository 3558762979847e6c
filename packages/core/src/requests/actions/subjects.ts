import { list, optional, struct, text } from '../../encoding/index.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

/** A medical record number of the institution's own, and the person it stands for. */
export interface SubjectLink {
  readonly mrn: string
  readonly person: Uint8Array
}

const mrn = text(64)
const subjectLinkSchema = struct<SubjectLink>({ mrn, person: id })

/** Notes a number in the institution's directory. Actor: its staff. */
export const subjectAdd = action('subject.link', subjectLinkSchema, EMPTY_SCHEMA)

export const subjectRemove = action('subject.unlink', struct<{ readonly mrn: string }>({ mrn }), EMPTY_SCHEMA)

/** The person behind a number; `subject.unknown`. Actor: the institution's staff. */
export const subjectFind = action(
  'subject.find',
  struct<{ readonly mrn: string }>({ mrn }),
  struct<{ readonly person: Uint8Array }>({ person: id }),
)

/** All numbers in order, those above `after`. Actor: the institution's staff. */
export const subjectList = action(
  'subject.list',
  struct<{ readonly after: string | undefined }>({ after: optional(mrn) }),
  list(subjectLinkSchema, 1000),
)
