import { setTimeout as delay } from 'node:timers/promises'
import {
  type AuditAnchor,
  auditAnchors,
  auditHeads,
  base32FromBytes,
  decode,
  equalBytes,
  positionKey,
} from '@medchain/core'
import { type AuditedNode, type CollectedLog, collectLog } from '@medchain/node'
import type { ProvenMember } from '../client/proven-members.ts'
import { readState } from '../client/proven-state.ts'
import type { Acting, OwnChart } from '../reading/acting.ts'
import { bytesOfHex, idOfDid } from '../reading/chain-facts.ts'
import { requestClientOf } from '../reading/read-transport.ts'

/** A log that could not be had. */
export interface LogGap {
  readonly node: ProvenMember
  readonly chart: OwnChart
  readonly code: string
}

/** What all nodes that answered said about one chart. */
export interface ChartEvidence {
  readonly chart: OwnChart
  readonly nodes: readonly (AuditedNode & { readonly member: ProvenMember })[]
}

export interface Gathered {
  readonly charts: readonly ChartEvidence[]
  /** Nodes that did not answer at all. */
  readonly away: readonly LogGap[]
}

type Asked = Pick<Acting, 'client' | 'networkId' | 'now'>

const IN_FLIGHT_MAX = 8
const SETTLE_TRIES = 20
const SETTLE_PAUSE_MS = 250

const isAway = (code: string): boolean => /^(network|node)\./.test(code)

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

/** The newest anchor of each node, read before any node is asked for its log. */
const newestAnchors = async ({ client }: Asked, nodes: readonly ProvenMember[]) =>
  new Map(
    await Promise.all(
      nodes.map(async ({ did }) => {
        const key = auditHeads.keyOf(idOfDid(did))
        return [did, await readState(client, auditHeads.schema, key)] as const
      }),
    ),
  )

/** Asks every node for its log of every chart; a node that is away once is not asked again. */
export const gatherLogs = async (
  asked: Asked,
  members: readonly ProvenMember[],
  charts: readonly OwnChart[],
): Promise<Gathered> => {
  const newest = await newestAnchors(asked, members)
  const anchorOf = createAnchorReader(asked)
  const evidence = charts.map((chart) => ({ chart, nodes: [] as (AuditedNode & { member: ProvenMember })[] }))
  const away: LogGap[] = []
  const silent = new Set<string>()

  /**
   * A node's log beside the anchor that it names. Its chain and ours may be a block apart, so a name that is
   * older than the newest anchor, or not on our chain, is asked about again for a while.
   */
  const settled = async (member: ProvenMember, { chart, actor }: OwnChart) => {
    const node = idOfDid(member.did)
    const isOwn = equalBytes(actor.id, chart)
    for (let tries = SETTLE_TRIES; ; tries--) {
      const answer = await collectLog(requestClientOf(asked, actor), node, isOwn ? undefined : chart)
      const sequence = answer.ok ? namedSequence(answer.value) : undefined
      const named = sequence === undefined ? undefined : await anchorOf(node, sequence)
      const isSettled = named !== undefined && named.sequence >= (newest.get(member.did)?.sequence ?? 0)
      const hasNone = sequence === undefined && newest.get(member.did) === undefined
      if (!answer.ok || isSettled || hasNone || tries === 0) return { answer, named }
      await delay(SETTLE_PAUSE_MS)
    }
  }

  const ask = async (member: ProvenMember, { chart, nodes }: (typeof evidence)[number]): Promise<void> => {
    const node = idOfDid(member.did)
    const found = silent.has(member.did) ? undefined : await settled(member, chart)
    const answer = found?.answer
    if (answer === undefined || (!answer.ok && isAway(answer.code))) {
      silent.add(member.did)
      away.push({ node: member, chart, code: 'node.unreachable' })
      return
    }
    nodes.push({
      member,
      node,
      sealingKey: bytesOfHex(member.sealingKey),
      newest: newest.get(member.did),
      named: found?.named,
      answer: answer.ok ? answer.value : { code: answer.code },
    })
  }

  // Chart by chart, so that an absent node is found out by its first request.
  const waiting = evidence.flatMap((entry) => members.map((member) => () => ask(member, entry)))
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, work))
  return { charts: evidence, away }
}
