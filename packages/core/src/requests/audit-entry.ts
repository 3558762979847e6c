import { PURPOSES, type Purpose } from '../access/purposes.ts'
import { hashTagged } from '../crypto/hash.ts'
import {
  blob,
  bytes,
  type Cursor,
  encode,
  exactly,
  list,
  optional,
  type Schema,
  struct,
  text,
  uint,
  word,
} from '../encoding/index.ts'
import { DISCLOSED_RECORDS_MAX, DISCLOSURE_LEGS } from './disclosure.ts'

/** On what a leg decided. */
export const AUDIT_BASES = ['owner', 'author', 'grant', 'guardian', 'emergency', 'none'] as const

export type AuditBasis = (typeof AUDIT_BASES)[number]

/** Legs of disclosures, and a look for a person's charts in an emergency, whose statement is the request (BG15). */
export const AUDIT_LEGS = [...DISCLOSURE_LEGS, 'lookup'] as const

export type AuditLeg = (typeof AUDIT_LEGS)[number]

/** Mark of a reading that was decided on a head older than 30 s, while the chain stood still. */
export const STALE_MARK = 'stale'

/** What one leg of a disclosure wrote before it answered: one sequence for each (node, chart). */
export interface AuditEntry {
  /** 2; entries of version 1 have neither key, `loggedMs`, `reference` nor marks. */
  readonly version: number
  /** Institution that logged. */
  readonly node: Uint8Array
  readonly chart: Uint8Array
  /** Counts from 1. */
  readonly sequence: number
  /** Hash of the entry before; zeros for the first. */
  readonly previousHash: Uint8Array
  /** Block time of the state that the decision was made on. */
  readonly timeMs: number
  /** Height of the state that the decision was made on. */
  readonly height: number
  readonly leg: AuditLeg
  readonly actor: Uint8Array
  readonly purpose: Purpose
  readonly basis: AuditBasis
  readonly grantId: Uint8Array | undefined
  readonly permitted: readonly Uint8Array[]
  readonly refused: readonly Uint8Array[]
  /** `permit`, or the code of the first refusal. */
  readonly code: string
  /** The signed statement: the evidence that the actor asked. */
  readonly statement: Uint8Array
  readonly signature: Uint8Array
  /** The actor's key that the statement was checked with: a rotation may come later. */
  readonly signingKey: Uint8Array | undefined
  /** The node's wall clock when it wrote. */
  readonly loggedMs: number | undefined
  /** What the basis points at where it is no grant: an emergency, a guardianship. */
  readonly reference: Uint8Array | undefined
  /** Words on the circumstances, such as `stale`; readers show those that they do not know as they are. */
  readonly marks: readonly string[]
}

const MARKS_MAX = 8

type FirstVersion = Omit<AuditEntry, 'signingKey' | 'loggedMs' | 'reference' | 'marks'>

const fields = {
  version: exactly(1),
  node: bytes(32),
  chart: bytes(32),
  sequence: uint(),
  previousHash: bytes(32),
  timeMs: uint(),
  height: uint(),
  leg: word(AUDIT_LEGS),
  actor: bytes(32),
  purpose: word(PURPOSES),
  basis: word(AUDIT_BASES),
  grantId: optional(bytes(32)),
  permitted: list(bytes(18), DISCLOSED_RECORDS_MAX),
  refused: list(bytes(18), DISCLOSED_RECORDS_MAX),
  code: text(64),
  statement: blob(1 << 20),
  signature: bytes(64),
}

const firstVersion = struct<FirstVersion>(fields)

const secondVersion = struct<AuditEntry>({
  ...fields,
  version: exactly(2),
  signingKey: optional(bytes(32)),
  loggedMs: optional(uint()),
  reference: optional(bytes(32)),
  marks: list(text(32), MARKS_MAX),
})

const LATER_FIELDS = { signingKey: undefined, loggedMs: undefined, reference: undefined, marks: [] }

/** Both are lists whose head is one byte and whose first member is the version. */
const isFirst = ({ data, at }: Cursor): boolean => (data[at] ?? 0) >> 5 === 4 && data[at + 1] === 1

export const auditEntrySchema: Schema<AuditEntry> = {
  write: (entry) => (entry.version === 1 ? firstVersion : secondVersion).write(entry),
  read: (cursor) =>
    isFirst(cursor) ? { ...firstVersion.read(cursor), ...LATER_FIELDS } : secondVersion.read(cursor),
}

export const auditEntryHash = (entry: AuditEntry): Uint8Array =>
  hashTagged('medchain/audit-entry/1', encode(auditEntrySchema, entry))

/** What an anchored map holds under a chart's tag. */
export interface AuditHead {
  readonly sequence: number
  readonly head: Uint8Array
}

export const auditHeadSchema = struct<AuditHead>({ sequence: uint(), head: bytes(32) })

/**
 * The key of a chart in a node's audit map. `sharedSecret` is X25519 of the node's sealing key and the
 * chart's first epoch key: the node computes it, the patient, and whoever was granted the first epoch.
 */
export const auditTag = (sharedSecret: Uint8Array, node: Uint8Array): Uint8Array =>
  hashTagged('medchain/audit-tag/1', sharedSecret, node)
