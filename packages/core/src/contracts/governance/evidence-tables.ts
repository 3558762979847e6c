import { blob, bytes, list, struct, uint, word } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'

export const EQUIVOCATION_KINDS = ['round-change', 'proposal', 'prepare', 'commit'] as const

export type EquivocationKind = (typeof EQUIVOCATION_KINDS)[number]

/** What a validator signed, tag included, and its signature. */
export interface SignedMessage {
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** Two messages of one validator that contradict each other: payload of `governance.evidence`. */
export interface EvidenceSubmission {
  readonly kind: EquivocationKind
  readonly first: SignedMessage
  readonly second: SignedMessage
  readonly institution: Uint8Array
}

const signedMessageSchema = struct<SignedMessage>({ message: blob(512), signature: bytes(64) })

export const evidenceSubmissionSchema = struct<EvidenceSubmission>({
  kind: word(EQUIVOCATION_KINDS),
  first: signedMessageSchema,
  second: signedMessageSchema,
  institution: bytes(32),
})

export interface EvidenceEntry {
  readonly height: number
  readonly round: number
  readonly kind: EquivocationKind
  /** Institution that presented it. */
  readonly reporter: Uint8Array
  readonly reportedAtMs: number
  readonly txId: Uint8Array
}

export const EVIDENCE_MAX = 100

/** By institution, in the order of presentation: one a height. */
export const evidenceEntries = table(
  'governance.evidence',
  list(
    struct<EvidenceEntry>({
      height: uint(),
      round: uint(),
      kind: word(EQUIVOCATION_KINDS),
      reporter: bytes(32),
      reportedAtMs: uint(),
      txId: bytes(32),
    }),
    EVIDENCE_MAX,
  ),
)

/** The two messages themselves, by institution and height: they outlive the block that brought them. */
export const evidenceProofs = table('governance.evidence-proof', evidenceSubmissionSchema)
