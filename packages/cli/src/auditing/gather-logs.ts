import { setTimeout as delay } from 'node:timers/promises'
import {
  type AuditAnchor,
  auditAnchors,
  auditHeads,
  auditTag,
  base32FromBytes,
  decode,
  equalBytes,
  positionKey,
} from '@medchain/core'
import {
  type ChartAnswers,
  type CollectedLog,
  collectLog,
  type NodeAnswer,
  nodeCiphers,
} from '@medchain/node'
import type { ProvenMember } from '../client/proven-members.ts'
import { readState } from '../client/proven-state.ts'
import { readProven } from '../client/proven-view.ts'
import type { Acting, OwnChart } from '../reading/acting.ts'
import { bytesOfHex, idOfDid } from '../reading/chain-facts.ts'
import { requestClientOf } from '../reading/read-transport.ts'

/** What all nodes said about one chart of the patient's. */
export interface GatheredChart extends ChartAnswers {
  readonly own: OwnChart
}

export type Asked = Pick<Acting, 'client' | 'networkId' | 'now'>

const IN_FLIGHT_MAX = 8
const SETTLE_TRIES = 20
const SETTLE_PAUSE_MS = 250

/** As the check names it: nobody answered, as against somebody who refused. */
export const AWAY = 'node.unreachable'

export const isAway = (code: string): boolean => /^(network|node)\./.test(code)

/** Anchors of the nodes as the chain has them, each read once. */
const createAnchorReader = ({ client }: Asked) => {
  const known = new Map<string, Promise<AuditAnchor | undefined>>()
  return (node: Uint8Array, sequence: number): Promise<AuditAnchor | undefined> => {
    const key = auditAnchors.keyOf(node, positionKey(sequence))
    const name = base32FromBytes(key)
    const reading =
      known.get(name) ??
      readState(client, auditAnchors.schema, key).then((anchor) => {
        if (anchor === undefined) known.delete(name)
        return anchor
      })
    known.set(name, reading)
    return reading
  }
}

const namedSequence = ({ anchor }: CollectedLog): number | undefined => {
  const decoded = anchor && decode(auditHeads.schema, anchor)
  return decoded?.ok ? decoded.value.sequence : undefined
}

/** The number of each node's newest anchor, read before any node is asked for its log. */
const newestBefore = (
  { client }: Asked,
  nodes: readonly ProvenMember[],
): Promise<ReadonlyMap<string, number>> =>
  readProven(
    client,
    (view) => new Map(nodes.map(({ did }) => [did, view.get(auditHeads, idOfDid(did))?.sequence ?? 0])),
  )

/** The chart's key in a node's map, from the secret of the first epoch. */
const tagFor = ({ epochs }: OwnChart, member: ProvenMember, node: Uint8Array): Uint8Array | undefined => {
  const secret = epochs.find(({ epoch }) => epoch === 0)?.secret
  const shared = secret && nodeCiphers.x25519(secret, bytesOfHex(member.sealingKey))
  return shared && auditTag(shared, node)
}

/** Runs work in order of waiting, some at a time. */
const runAll = async (waiting: (() => Promise<void>)[]): Promise<void> => {
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, work))
}

/** Asks one node for its log of a chart. `before` is the number of an anchor of its that is known to be on the chain. */
export type AskLog = (own: OwnChart, node: Uint8Array, before: number) => Promise<NodeAnswer['answer']>

/**
 * A node's log once the anchor that it names is on our chain: its chain and ours may be a block apart, so a name
 * that is older than the newest anchor, or not on our chain, is asked about again for a while.
 */
export const createLogAsker = (asked: Asked): AskLog => {
  const anchorOf = createAnchorReader(asked)
  return async (own, node, before) => {
    const guarded = equalBytes(own.actor.id, own.chart) ? undefined : own.chart
    for (let tries = SETTLE_TRIES; ; tries--) {
      const answer = await collectLog(requestClientOf(asked, own.actor), node, guarded)
      if (!answer.ok) return { code: isAway(answer.code) ? AWAY : answer.code }
      const sequence = namedSequence(answer.value)
      const named = sequence === undefined ? undefined : await anchorOf(node, sequence)
      const isSettled = named !== undefined && named.sequence >= before
      const hasNone = sequence === undefined && before === 0
      if (isSettled || hasNone || tries === 0) return answer.value
      await delay(SETTLE_PAUSE_MS)
    }
  }
}

/** Asks every node for its log of every chart; a node that is away once is not asked again. */
export const gatherLogs = async (
  asked: Asked,
  askLog: AskLog,
  members: readonly ProvenMember[],
  charts: readonly OwnChart[],
): Promise<readonly GatheredChart[]> => {
  const newest = await newestBefore(asked, members)
  const gathered = charts.map((own) => ({ own, chart: own.chart, nodes: [] as NodeAnswer[] }))
  const silent = new Set<string>()

  const ask = async (member: ProvenMember, { own, nodes }: (typeof gathered)[number]): Promise<void> => {
    const node = idOfDid(member.did)
    const before = newest.get(member.did) ?? 0
    const answer = silent.has(member.did) ? { code: AWAY } : await askLog(own, node, before)
    if ('code' in answer && answer.code === AWAY) silent.add(member.did)
    nodes.push({ node, tag: tagFor(own, member, node), newestBefore: before, answer, past: [] })
  }

  // Chart by chart, so that an absent node is found out by its first request.
  await runAll(gathered.flatMap((entry) => members.map((member) => () => ask(member, entry))))
  return gathered
}
