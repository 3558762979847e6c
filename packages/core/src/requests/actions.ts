import { COMPARTMENTS, type Compartment } from '../access/compartments.ts'
import { PURPOSES, type Purpose } from '../access/purposes.ts'
import { type ScopeProof, scopeProofSchema } from '../access/scope.ts'
import { blob, bytes, list, optional, type Schema, struct, text, uint, word } from '../encoding/index.ts'
import {
  TRANSACTION_SIZE_BYTES_MAX,
  type TransactionBody,
  transactionBodySchema,
} from '../ledger/transaction.ts'
import { type SignedDisclosure, signedDisclosureSchema } from './disclosure.ts'

/** Name, payload and answer of one private request. */
export interface Action<P, A> {
  readonly action: string
  readonly payload: Schema<P>
  readonly answer: Schema<A>
}

const action = <P, A>(name: string, payload: Schema<P>, answer: Schema<A>): Action<P, A> => ({
  action: name,
  payload,
  answer,
})

export interface Committed {
  readonly txId: Uint8Array
  readonly height: number
}

const committed = struct<Committed>({ txId: bytes(32), height: uint() })
const id = bytes(32)
const RECORDS_MAX = 1000
const EMPTY_SCHEMA = list(uint(), 0) as unknown as Schema<readonly []>

/** A transaction body that the sponsor is to co-sign, signed by the account or chart that it brings in. */
export interface CoSigned {
  readonly body: TransactionBody
  readonly signer: Uint8Array
  readonly signature: Uint8Array
}

const coSigned = struct<CoSigned>({ body: transactionBodySchema, signer: id, signature: bytes(64) })

export interface ChartEntry {
  readonly compartment: Compartment
  readonly chart: Uint8Array
}

const chartEntry = struct<ChartEntry>({ compartment: word(COMPARTMENTS), chart: id })

/** The sponsor enrols a staff member's or researcher's account. Actor: that person, by inception. */
export const registerAccount = action(
  'register.account',
  struct<{ readonly enrolment: CoSigned; readonly token: string | undefined }>({
    enrolment: coSigned,
    token: optional(text(256)),
  }),
  committed,
)

/** The sponsor registers a patient's charts and keeps them in its directory. Actor: the patient, by inception. */
export const registerCharts = action(
  'register.charts',
  struct<{
    readonly charts: readonly { readonly compartment: Compartment; readonly registration: CoSigned }[]
    readonly token: string | undefined
  }>({
    charts: list(struct({ compartment: word(COMPARTMENTS), registration: coSigned }), COMPARTMENTS.length),
    token: optional(text(256)),
  }),
  list(committed, COMPARTMENTS.length),
)

/** A patient's charts from the institution's directory. Actor: its staff, or the patient. */
export const directoryCharts = action(
  'directory.charts',
  struct<{ readonly person: Uint8Array }>({ person: id }),
  list(chartEntry, COMPARTMENTS.length),
)

/** Which of these items (hashes of subject and exact bytes) the institution has imported. Actor: its staff. */
export const importKnown = action(
  'import.known',
  struct<{ readonly digests: readonly Uint8Array[] }>({ digests: list(id, 10_000) }),
  list(optional(bytes(18)), 10_000),
)

/** Bytes of a large ciphertext, ahead of the batch that anchors it; offsets follow one another. */
export const importChunk = action(
  'import.chunk',
  struct<{ readonly uploadId: Uint8Array; readonly offset: number; readonly bytes: Uint8Array }>({
    uploadId: bytes(16),
    offset: uint(),
    bytes: blob(4 * 1024 * 1024),
  }),
  struct<{ readonly sizeBytes: number }>({ sizeBytes: uint() }),
)

export interface ImportBatch {
  readonly batchId: Uint8Array
  readonly chart: Uint8Array
  readonly envelopes: readonly Uint8Array[]
  /** One for each record; empty for the one whose bytes were uploaded in chunks. */
  readonly ciphertexts: readonly Uint8Array[]
  readonly uploadId: Uint8Array | undefined
  /** All k2 of the batch, sealed to each release holder. */
  readonly releases: readonly { readonly institution: Uint8Array; readonly sealed: Uint8Array }[]
  /** For the duplicate index: one for each record. */
  readonly digests: readonly Uint8Array[]
  /** The signed `records.anchor` transaction. */
  readonly transaction: Uint8Array
}

/** Answers once the chain and one member of each holder set have the batch. Actor: the author. */
export const importBatch = action(
  'import.batch',
  struct<ImportBatch>({
    batchId: bytes(16),
    chart: id,
    envelopes: list(blob(64 * 1024), RECORDS_MAX),
    ciphertexts: list(blob(2 * 1024 * 1024), RECORDS_MAX),
    uploadId: optional(bytes(16)),
    releases: list(struct({ institution: id, sealed: blob(256 * 1024) }), 3),
    digests: list(id, RECORDS_MAX),
    transaction: blob(TRANSACTION_SIZE_BYTES_MAX),
  }),
  committed,
)

/** One leg of a disclosure, from the holder that the statement names (`agent`: the serving node itself). */
export const disclosureLeg = action(
  'disclosure.leg',
  struct<{ readonly signed: SignedDisclosure; readonly leg: 'ciphertext' | 'release' }>({
    signed: signedDisclosureSchema,
    leg: word(['ciphertext', 'release']),
  }),
  blob(24 * 1024 * 1024),
)

/** A piece of a large ciphertext, for a statement that the holder permitted within ten minutes. */
export const disclosureChunk = action(
  'disclosure.chunk',
  struct<{
    readonly statementHash: Uint8Array
    readonly recordId: Uint8Array
    readonly offset: number
    readonly length: number
  }>({
    statementHash: id,
    recordId: bytes(18),
    offset: uint(),
    length: uint(4 * 1024 * 1024),
  }),
  blob(4 * 1024 * 1024),
)

/** k1 of records that the institution wrote or was granted, resealed to its staff member. Sealed to the response key. */
export const agentKeys = action(
  'agent.keys',
  struct<{ readonly signed: SignedDisclosure; readonly envelopes: readonly Uint8Array[] }>({
    signed: signedDisclosureSchema,
    envelopes: list(blob(64 * 1024), RECORDS_MAX),
  }),
  blob(24 * 1024 * 1024),
)

/** A chart's entries in the answering node's audit log, with proof against its anchor. Actor: the chart. */
export const auditRead = action(
  'audit.read',
  struct<{ readonly afterSequence: number; readonly limit: number }>({
    afterSequence: uint(),
    limit: uint(1000),
  }),
  struct<{
    readonly entries: readonly Uint8Array[]
    /** Entries in the log for this chart in all. */
    readonly count: number
    readonly anchor: Uint8Array | undefined
    readonly proof: Uint8Array | undefined
  }>({
    entries: list(blob(1 << 21), 1000),
    count: uint(),
    anchor: optional(blob(256)),
    proof: optional(blob(1 << 22)),
  }),
)

/** Hands a sealed grant to the grantee's institution. Actor: the chart that gave it. */
export const envelopeDeliver = action(
  'envelope.deliver',
  struct<{ readonly grantee: Uint8Array; readonly grantId: Uint8Array; readonly sealed: Uint8Array }>({
    grantee: id,
    grantId: id,
    sealed: blob(1 << 20),
  }),
  EMPTY_SCHEMA,
)

/** Sealed grants that wait for the actor, oldest first. */
export const envelopeList = action(
  'envelope.list',
  struct<{ readonly after: Uint8Array | undefined }>({ after: optional(id) }),
  list(
    struct<{ readonly grantId: Uint8Array; readonly sealed: Uint8Array }>({
      grantId: id,
      sealed: blob(1 << 20),
    }),
    1000,
  ),
)

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

/** Why an access would be permitted or refused now. Actor: the chart, the one asked about, or its institution's staff. */
export const explainAccess = action(
  'access.explain',
  struct<{
    readonly actor: Uint8Array
    readonly recordId: Uint8Array
    readonly purpose: Purpose
    readonly scopeProof: ScopeProof | undefined
  }>({ actor: id, recordId: bytes(18), purpose: word(PURPOSES), scopeProof: optional(scopeProofSchema) }),
  struct<{
    readonly outcome: string
    readonly code: string
    readonly rule: string
    readonly basis: string
    readonly grantId: Uint8Array | undefined
    readonly height: number
  }>({
    outcome: text(16),
    code: text(64),
    rule: text(512),
    basis: text(16),
    grantId: optional(id),
    height: uint(),
  }),
)

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
