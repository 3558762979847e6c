import { type AuditEntry, auditEntrySchema, decode, didFromAccountId } from '@medchain/core'
import { AUDIT_GAPS, signatureVerifier, verifyAudit } from '@medchain/node'
import type { Acting } from '../reading/acting.ts'
import type { Actors } from './actors.ts'
import type { ChartEvidence, Gathered } from './gather-logs.ts'

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

const ENTRY_BYTES_MAX = 4 * 1024 * 1024

/** Entries of a node's answer as far as they decode; what does not is for the check to name. */
export const entriesOf = ({ nodes }: ChartEvidence): readonly AuditEntry[] =>
  nodes.flatMap(({ answer }) =>
    'code' in answer
      ? []
      : answer.entries.flatMap((bytes) => {
          const entry = decode(auditEntrySchema, bytes, ENTRY_BYTES_MAX)
          return entry.ok ? [entry.value] : []
        }),
  )

const nameIn = ({ nodes }: ChartEvidence, did: string): string =>
  nodes.find(({ member }) => member.did === did)?.member.name ?? did

/** Nodes that did not answer, and those that refused to give their log. */
export const missingLogs = ({ charts, away }: Gathered): readonly NamedGap[] => [
  ...away.map(({ node, chart, code }) => ({
    node: node.did,
    nodeName: node.name,
    chart: chart.did,
    compartment: chart.compartment,
    seq: null,
    code,
    message: `The node of ${node.name} does not answer.`,
  })),
  ...charts.flatMap(({ chart, nodes }) =>
    nodes.flatMap(({ member, answer }) =>
      'code' in answer
        ? [
            {
              node: member.did,
              nodeName: member.name,
              chart: chart.did,
              compartment: chart.compartment,
              seq: null,
              code: answer.code,
              message: `${AUDIT_GAPS['audit.withheld']} (${answer.code})`,
            },
          ]
        : [],
    ),
  ),
]

/** Checks everything that the nodes answered against the chain and against each other. */
export const verifyLogs = (
  { charts }: Gathered,
  { networkId }: Pick<Acting, 'networkId'>,
  { signingKeyOf }: Actors,
): readonly NamedGap[] =>
  charts.flatMap((evidence) => {
    const { chart, nodes } = evidence
    const epochSecret = chart.epochs.find(({ epoch }) => epoch === 0)?.secret ?? new Uint8Array(32)
    const verifier = signatureVerifier
    const { gaps } = verifyAudit({
      networkId,
      chart: chart.chart,
      epochSecret,
      nodes,
      signingKeyOf,
      verifier,
    })
    return gaps.map(({ node, code, sequence, detail }) => {
      const did = didFromAccountId(node)
      return {
        node: did,
        nodeName: nameIn(evidence, did),
        chart: chart.did,
        compartment: chart.compartment,
        seq: sequence ?? null,
        code,
        message: detail,
      }
    })
  })
