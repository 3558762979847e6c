import {
  accounts,
  auditHeads,
  createReadView,
  decode,
  decodeHandover,
  equalBytes,
  followHandovers,
  type Genesis,
  type Handover,
  hexFromBytes,
  institutionIdOf,
  institutionsIn,
  networkIdOf,
  ok,
  presentSigningKey,
  type ReadView,
  type Result,
  refuse,
  type SignatureVerifier,
  stateProofSchema,
  validateCommittedHeader,
  validatorsAt,
  validatorsOf,
  verifyStateProof,
} from '@medchain/core'
import {
  type AuditExport,
  auditExportMessage,
  decodeSignedExport,
  type ExportedChart,
} from './audit-export.ts'
import { evidenceIn } from './collected-audit.ts'
import { type VerifiedAudit, verifyAudit } from './verify.ts'
import { gap } from './verify-chain.ts'

/** A chart of an export with what the check found. */
export interface VerifiedChart {
  readonly chart: ExportedChart
  readonly audit: VerifiedAudit
}

export interface VerifiedExport {
  readonly export: AuditExport
  readonly charts: readonly VerifiedChart[]
  /** The state entries of the export, all proven. */
  readonly view: ReadView
}

const PROOF_BYTES_MAX = 4 * 1024 * 1024

const FALSE = refuse('audit.export-false', 'The export does not follow from the genesis document.')
const INCOMPLETE = refuse('audit.export-incomplete', 'The export lacks something that the check needs.')

/** A missing entry is no absence: nothing may be concluded from it. */
class MissingEntry extends Error {}

const handoversOf = ({ handovers }: AuditExport): readonly Handover[] | undefined => {
  const decoded = handovers.map(decodeHandover)
  return decoded.every((handover) => handover.ok) ? decoded.map(({ value }) => value) : undefined
}

/** The state of the export's height as far as it is in the export; every entry of it checked. */
const provenState = (
  content: AuditExport,
  genesis: Genesis,
  verifier: SignatureVerifier,
): Result<ReadView> => {
  const { networkId, header, certificate, state } = content
  if (!equalBytes(networkId, networkIdOf(genesis))) return FALSE
  const handovers = handoversOf(content)
  const eras = handovers && followHandovers(validatorsOf(genesis), networkId, handovers, verifier)
  if (!eras?.ok) return FALSE
  const validators = validatorsAt(eras.value, header.height)
  if (!validateCommittedHeader(header, certificate, networkId, validators, verifier).ok) return FALSE
  const values = new Map<string, Uint8Array | undefined>()
  for (const { key, value, proof } of state) {
    const decoded = decode(stateProofSchema, proof, PROOF_BYTES_MAX)
    if (!decoded.ok || !verifyStateProof(header.stateRoot, key, value, decoded.value)) return FALSE
    values.set(hexFromBytes(key), value)
  }
  const read = (key: Uint8Array): Uint8Array | undefined => {
    const name = hexFromBytes(key)
    if (!values.has(name)) throw new MissingEntry(name)
    return values.get(name)
  }
  return ok(createReadView({ read }))
}

/**
 * Institutions that may have a log: those of the network, and former founders that anchored one. Former members
 * that were never founders are asked while the chain's handovers name them.
 */
export const loggingInstitutions = (
  view: ReadView,
  genesis: Genesis,
  everValidators: readonly Uint8Array[],
): readonly Uint8Array[] => {
  const present = institutionsIn(view)
  const ever = [...genesis.members.map(institutionIdOf), ...everValidators]
  const former = [...new Map(ever.map((id) => [hexFromBytes(id), id])).values()].filter(
    (id) => !present.some((each) => equalBytes(each, id)) && view.get(auditHeads, id) !== undefined,
  )
  return [...present, ...former]
}

const isSigned = (
  { chart }: ExportedChart,
  view: ReadView,
  message: Uint8Array,
  signatures: readonly { readonly chart: Uint8Array; readonly signature: Uint8Array }[],
  verifier: SignatureVerifier,
): boolean => {
  const key = presentSigningKey(view, chart)
  const own = signatures.find((each) => equalBytes(each.chart, chart))
  return key !== undefined && own !== undefined && verifier.verify(key, message, own.signature)
}

const verifyOne = (
  chart: ExportedChart,
  content: AuditExport,
  view: ReadView,
  institutions: readonly Uint8Array[],
  verifier: SignatureVerifier,
): VerifiedChart => {
  const { header, networkId } = content
  const audit = verifyAudit(evidenceIn(view, header, chart, { networkId, verifier }))
  const left = institutions.filter((id) => !chart.nodes.some(({ node }) => equalBytes(node, id)))
  const gaps = [
    ...audit.gaps,
    ...left.map((id) => gap(id, 'audit.withheld', undefined, 'the export has nothing of it')),
  ]
  return { chart, audit: { ...audit, gaps, isVerified: gaps.length === 0 } }
}

/**
 * Checks an export with the genesis document alone. Refuses with `audit.export-damaged` for other bytes than were
 * written, `audit.export-false` for what does not follow from the genesis document, `audit.export-incomplete`; what
 * the nodes did wrong is in the charts' gaps.
 */
export const verifyAuditExport = (
  file: Uint8Array,
  genesis: Genesis,
  verifier: SignatureVerifier,
): Result<VerifiedExport> => {
  const signed = decodeSignedExport(file)
  if (!signed.ok) return signed
  const { export: content, signatures } = signed.value
  const proven = provenState(content, genesis, verifier)
  if (!proven.ok) return proven
  const view = proven.value
  const message = auditExportMessage(signed.value.content)
  try {
    // Without a chart there is nothing that could have been left out.
    if (content.charts.length === 0 || content.charts.length !== signatures.length) return INCOMPLETE
    if (content.charts.some((chart) => !isSigned(chart, view, message, signatures, verifier))) return FALSE
    const handovers = handoversOf(content) ?? []
    const ever = handovers.flatMap(({ validators }) => validators.map(({ institution }) => institution))
    const institutions = loggingInstitutions(view, genesis, ever)
    for (const id of institutions) view.get(accounts, id)
    const charts = content.charts.map((chart) => verifyOne(chart, content, view, institutions, verifier))
    return ok({ export: content, charts, view })
  } catch (error) {
    if (error instanceof MissingEntry) return INCOMPLETE
    throw error
  }
}
