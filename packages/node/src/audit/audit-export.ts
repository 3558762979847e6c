import {
  blob,
  bytes,
  type Certificate,
  certificateSchema,
  decode,
  encode,
  type Header,
  hashTagged,
  headerSchema,
  list,
  optional,
  pastAuditHeadSchema,
  type Result,
  refuse,
  type Schema,
  struct,
  taggedMessage,
  text,
  uint,
  variant,
} from '@medchain/core'
import type { ChartAnswers, NodeAnswer } from './collected-audit.ts'
import type { CollectedLog } from './collected-log.ts'

/** A state entry with what proves it under the export's header. */
export interface ProvenEntry {
  readonly key: Uint8Array
  /** Undefined where nothing stands under the key. */
  readonly value: Uint8Array | undefined
  /** Encoded StateProof. */
  readonly proof: Uint8Array
}

/** A chart in an export. */
export interface ExportedChart extends ChartAnswers {
  readonly compartment: string
}

/** All that is needed to check a patient's audit without a network: whoever has the genesis document needs no more. */
export interface AuditExport {
  /** Wall clock of the client in ms. */
  readonly madeMs: number
  readonly networkId: Uint8Array
  readonly header: Header
  readonly certificate: Certificate
  /** Encoded, in their order. */
  readonly handovers: readonly Uint8Array[]
  readonly state: readonly ProvenEntry[]
  readonly charts: readonly ExportedChart[]
}

/** The export with the signature of each chart in it: what no proof covers, such as the compartments' names. */
export interface SignedAuditExport {
  /** Encoded AuditExport. */
  readonly content: Uint8Array
  readonly signatures: readonly { readonly chart: Uint8Array; readonly signature: Uint8Array }[]
}

const EXPORT_BYTES_MAX = 1 << 30
const CHARTS_MAX = 256
const NODES_MAX = 1024
const ENTRIES_MAX = 1_000_000
const PROOF_BYTES_MAX = 1 << 22

type Given =
  | { readonly type: 'log'; readonly log: CollectedLog }
  | { readonly type: 'none'; readonly code: string }

const givenSchema = variant<Given>({
  log: struct({
    log: struct<CollectedLog>({
      entries: list(blob(1 << 21), ENTRIES_MAX),
      count: uint(),
      anchor: optional(blob(256)),
      proof: optional(blob(PROOF_BYTES_MAX)),
    }),
  }),
  none: struct({ code: text(64) }),
})

const answerSchema: Schema<NodeAnswer['answer']> = {
  write: (answer) =>
    givenSchema.write('code' in answer ? { type: 'none', code: answer.code } : { type: 'log', log: answer }),
  read: (cursor) => {
    const given = givenSchema.read(cursor)
    return given.type === 'log' ? given.log : { code: given.code }
  },
}

const nodeSchema = struct<NodeAnswer>({
  node: bytes(32),
  tag: optional(bytes(32)),
  newestBefore: uint(0xffffffff),
  answer: answerSchema,
  past: list(pastAuditHeadSchema, 256),
})

const exportSchema = struct<AuditExport>({
  madeMs: uint(),
  networkId: bytes(32),
  header: headerSchema,
  certificate: certificateSchema,
  handovers: list(blob(64 * 1024), 65_536),
  state: list(
    struct<ProvenEntry>({ key: blob(1024), value: optional(blob(1 << 22)), proof: blob(PROOF_BYTES_MAX) }),
    ENTRIES_MAX,
  ),
  charts: list(
    struct<ExportedChart>({ chart: bytes(32), compartment: text(64), nodes: list(nodeSchema, NODES_MAX) }),
    CHARTS_MAX,
  ),
})

const signedSchema = struct<SignedAuditExport>({
  content: blob(EXPORT_BYTES_MAX),
  signatures: list(struct({ chart: bytes(32), signature: bytes(64) }), CHARTS_MAX),
})

// What the file begins with, so that it is known for what it is.
const MAGIC = new TextEncoder().encode('medchain-audit/1\n')

export const encodeAuditExport = (content: AuditExport): Uint8Array => encode(exportSchema, content)

/** What the controller of each chart signs. */
export const auditExportMessage = (content: Uint8Array): Uint8Array =>
  taggedMessage('medchain/audit-export/1', hashTagged('medchain/audit-export-content/1', content))

export const encodeSignedExport = (signed: SignedAuditExport): Uint8Array =>
  Buffer.concat([MAGIC, encode(signedSchema, signed)])

const DAMAGED = refuse('audit.export-damaged', 'The file is no audit export, or not as it was written.')

export const decodeSignedExport = (
  file: Uint8Array,
): Result<SignedAuditExport & { readonly export: AuditExport }> => {
  if (!Buffer.from(file.subarray(0, MAGIC.length)).equals(MAGIC)) return DAMAGED
  const signed = decode(signedSchema, file.slice(MAGIC.length), EXPORT_BYTES_MAX + 64 * 1024)
  if (!signed.ok) return DAMAGED
  const content = decode(exportSchema, signed.value.content, EXPORT_BYTES_MAX)
  return content.ok ? { ok: true, value: { ...signed.value, export: content.value } } : DAMAGED
}
