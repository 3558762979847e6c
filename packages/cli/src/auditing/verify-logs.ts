import { type AuditEntry, didFromAccountId, type ReadView } from '@medchain/core'
import {
  AUDIT_GAPS,
  type AuditGap,
  type ChartAnswers,
  entriesIn,
  evidenceIn,
  signatureVerifier,
  type VerifiedAudit,
  verifyAudit,
} from '@medchain/node'
import type { ProvenHead } from '../client/proven-view.ts'
import type { Names } from './audit-row.ts'

/** A chart by what its owner calls it. */
export interface NamedChart {
  readonly chart: Uint8Array
  readonly did: string
  readonly compartment: string
}

/** Something missing or false, as `audit` names it. */
export interface NamedGap {
  /** DID of the institution. */
  readonly node: string
  readonly nodeName: string
  readonly chart: string
  readonly compartment: string
  readonly seq: number | null
  readonly code: string
  readonly message: string
}

/** An entry that waits for its anchor, without being overdue. */
export interface NamedPending {
  readonly node: string
  readonly nodeName: string
  readonly chart: string
  readonly seq: number
  readonly ageSeconds: number
}

/** Entries of the nodes' answers as far as they decode; what does not is for the check to name. */
export const entriesOf = ({ nodes }: ChartAnswers): readonly AuditEntry[] =>
  nodes.flatMap(({ answer }) => ('code' in answer ? [] : entriesIn(answer).map(({ entry }) => entry)))

const nameIn = (names: Names, node: Uint8Array): { readonly node: string; readonly nodeName: string } => {
  const did = didFromAccountId(node)
  return { node: did, nodeName: names.get(did) ?? did }
}

const placeOf = ({ did, compartment }: NamedChart) => ({ chart: did, compartment })

export const namedGap = (
  { node, code, sequence, detail }: AuditGap,
  chart: NamedChart,
  names: Names,
): NamedGap => ({
  ...nameIn(names, node),
  ...placeOf(chart),
  seq: sequence ?? null,
  code,
  message: detail,
})

/** Nodes that did not answer, and those that refused to give their log. */
export const missingLogs = ({ nodes }: ChartAnswers, chart: NamedChart, names: Names): readonly NamedGap[] =>
  nodes.flatMap(({ node, answer }) => {
    if (!('code' in answer)) return []
    const code = answer.code === 'node.unreachable' ? answer.code : ('audit.withheld' as const)
    const detail = code === answer.code ? AUDIT_GAPS[code] : `${AUDIT_GAPS[code]} (${answer.code})`
    return [namedGap({ node, code, sequence: undefined, detail }, chart, names)]
  })

/** Checks what the nodes answered about one chart against committed state and against each other. */
export const verifyChart = (
  view: ReadView,
  head: ProvenHead,
  answers: ChartAnswers,
  networkId: Uint8Array,
): VerifiedAudit => verifyAudit(evidenceIn(view, head, answers, { networkId, verifier: signatureVerifier }))

export const namedPending = (
  { pending }: VerifiedAudit,
  { did }: NamedChart,
  names: Names,
): readonly NamedPending[] =>
  pending.map(({ node, sequence, ageMs }) => ({
    ...nameIn(names, node),
    chart: did,
    seq: sequence,
    ageSeconds: Math.round(ageMs / 1000),
  }))
