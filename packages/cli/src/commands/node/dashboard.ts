import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { activityOf, createDashboardState, reduceDashboard } from '../../views/dashboard/dashboard-state.ts'
import type { CommandAction, CommandResult } from '../command-spec.ts'
import { createDashboardFeed, fetchFacts } from './dashboard-feed.ts'

type Facts = Awaited<ReturnType<typeof fetchFacts>>

/** The same facts once, for a pipe or a script. */
const asText = (facts: Facts, nowMs: number): CommandResult => {
  const { status, peers, blocks, members } = facts
  const nameOf = (did: string) => members.find((member) => member.did === did)?.name ?? did
  const activity = activityOf(reduceDashboard(createDashboardState(nowMs), facts))
  const validatorRows = activity.map(({ name, signed, built, outOf, isProposing }) => [
    name,
    `${signed}/${outOf}`,
    String(built),
    isProposing ? 'now' : '',
  ])
  const peerRows = peers.map((peer) => [
    peer.name,
    peer.connected ? 'connected' : 'away',
    peer.roundTripMs === null ? '' : `${peer.roundTripMs.toFixed(1)} ms`,
  ])
  const blockRows = blocks
    .slice(0, 10)
    .map((block) => [
      String(block.height),
      rfc3339(block.timeMs),
      nameOf(block.proposer),
      String(block.transactions),
      block.hash.slice(0, 16),
    ])
  const { mempool } = status
  return {
    json: {
      height: status.height,
      round: status.round,
      mempool: { ...mempool },
      validators: activity.map((each) => ({ ...each })),
      peers: peers.map((peer) => ({ ...peer })),
      blocks: blocks.map((block) => ({ ...block })),
    },
    text: [
      `${status.institutionName} (${status.role}) at height ${status.height}, round ${status.round}; mempool ${mempool.transactions} transactions`,
      tableText(['Validator', 'Voted', 'Proposed', 'Proposes'], validatorRows),
      tableText(['Peer', 'Now', 'Round trip'], peerRows, 'No peers.'),
      tableText(['Height', 'Time', 'Proposer', 'Transactions', 'Hash'], blockRows, 'No block yet.'),
    ].join('\n\n'),
  }
}

/** Watches a node live on a terminal; tells the same once elsewhere. */
export const watchNode: CommandAction = async (context) => {
  const client = await context.client()
  const { host, options } = context
  if (!host.stdout.isTTY || !host.stdin.isTTY || options.isJson)
    return asText(await fetchFacts(client), host.now())
  const { showDashboard } = await import('../../views/dashboard/show-dashboard.tsx')
  await showDashboard(host, createDashboardFeed(client, host.now))
  return undefined
}
