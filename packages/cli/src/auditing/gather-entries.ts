import { type AuditEntry, auditEntrySchema, auditRead, decode } from '@medchain/core'
import type { Member } from '../client/api-types.ts'
import type { NodeClient } from '../client/node-client.ts'
import { CommandError } from '../command-error.ts'
import type { OwnChart } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'

/** Everything that one node answered about one chart. */
export interface GatheredLog {
  readonly node: Member
  readonly chart: OwnChart
  /** Encoded entries, in the order that the node gave them. */
  readonly encoded: readonly Uint8Array[]
  /** Of the first answer, as are anchor and proof: all three were taken together. */
  readonly count: number
  readonly anchor: Uint8Array | undefined
  readonly proof: Uint8Array | undefined
}

/** A log that could not be had. */
export interface AuditGap {
  readonly node: Member
  readonly chart: OwnChart
  readonly code: string
  readonly message: string
}

export interface Gathered {
  readonly logs: readonly GatheredLog[]
  readonly gaps: readonly AuditGap[]
}

const PAGE = 1000
const TIMEOUT_MS = 20_000
const IN_FLIGHT_MAX = 8

const readLog = async (
  client: Pick<NodeClient, 'call'>,
  node: Member,
  chart: OwnChart,
): Promise<GatheredLog> => {
  const options = { node: idOfDid(node.did), timeoutMs: TIMEOUT_MS }
  const ask = (afterSequence: number) =>
    client.call(auditRead, { afterSequence, limit: PAGE }, chart.actor, options)
  const first = await ask(0)
  const encoded = [...first.entries]
  while (encoded.length < first.count) {
    const { entries } = await ask(encoded.length)
    if (entries.length === 0) break
    encoded.push(...entries.slice(0, first.count - encoded.length))
  }
  return { node, chart, encoded, count: first.count, anchor: first.anchor, proof: first.proof }
}

const isAway = (code: string): boolean => /^(network|node)\./.test(code)

const gapOf = (node: Member, chart: OwnChart, { code, message }: CommandError): AuditGap =>
  isAway(code)
    ? { node, chart, code: 'node.unreachable', message: `The node of ${node.name} does not answer.` }
    : { node, chart, code, message }

/** The logs of every node about every chart; a node that does not answer once is not asked again. */
export const gatherLogs = async (
  client: Pick<NodeClient, 'call'>,
  nodes: readonly Member[],
  charts: readonly OwnChart[],
): Promise<Gathered> => {
  const logs: GatheredLog[] = []
  const gaps: AuditGap[] = []
  const away = new Map<string, CommandError>()
  // Chart by chart, so that an absent node is found out by the first of its requests.
  const waiting = charts.flatMap((chart) => nodes.map((node) => ({ node, chart })))
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { node, chart } = next
      try {
        const known = away.get(node.did)
        if (known !== undefined) throw known
        logs.push(await readLog(client, node, chart))
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        if (isAway(error.code)) away.set(node.did, error)
        gaps.push(gapOf(node, chart, error))
      }
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, work))
  return { logs, gaps }
}

/** The entries of a log that decode, and whether all did. */
export const entriesOf = ({ encoded }: GatheredLog): readonly AuditEntry[] =>
  encoded.flatMap((bytes) => {
    const entry = decode(auditEntrySchema, bytes, 1 << 21)
    return entry.ok ? [entry.value] : []
  })
