import { setTimeout as delay } from 'node:timers/promises'
import type { BlockSummary, NodeStatus } from '../../client/api-types.ts'
import type { NodeClient } from '../../client/node-client.ts'
import { fail } from '../../command-error.ts'
import { sizeText } from '../../format/size.ts'
import { factsText } from '../../format/table.ts'
import { type CommandAction, type CommandResult, type JsonValue, textOption } from '../command-spec.ts'

const WAIT_MS = 10_000
const POLL_MS = 100

const heightOf = (text: string): number =>
  /^\d{1,15}$/.test(text) ? Number(text) : fail('usage.number', '--height is a whole number.')

/** The block of a height, waiting a little for one that is about to come. */
const blockAt = async (client: NodeClient, height: number): Promise<BlockSummary> => {
  const deadline = performance.now() + WAIT_MS
  while ((await client.status('fresh')).height < height) {
    if (performance.now() > deadline) {
      return fail(
        'block.not-found',
        `The node has no block of height ${height} yet.`,
        'medchain node status shows its height.',
      )
    }
    await delay(POLL_MS)
  }
  return client.get<BlockSummary>(`/v1/blocks/${height}`)
}

const removalText = ({ removedFromHeight }: NodeStatus): string =>
  typeof removedFromHeight === 'number'
    ? `\n\nA vote removed this institution from the network, which goes on without it from height ${removedFromHeight} on.`
    : ''

const statusText = (status: NodeStatus): string =>
  `${factsText([
    ['Institution', `${status.institutionName} (${status.role})`],
    ['Network', status.networkId],
    ['Height', String(status.height)],
    ['Head', status.headHash],
    ['State root', status.stateRoot],
    ['Round', String(status.round)],
    ['Part', status.isValidator ? `votes, one of ${status.validators.length}` : 'observes'],
    ['Peers', String(status.peers)],
    ['Syncing', status.syncing ? 'yes' : 'no'],
    ['Waiting', `${status.mempool.transactions} transactions, ${sizeText(status.mempool.bytes)}`],
    ['Version', status.version],
  ])}${removalText(status)}`

const asJson = (status: NodeStatus): CommandResult['json'] => ({
  ...(status as unknown as Record<string, JsonValue>),
})

/** What a node says about itself, or about its chain at one height. */
export const showStatus: CommandAction = async (context, input) => {
  const client = await context.client()
  const height = textOption(input, 'height')
  if (height === undefined) {
    const status = await client.status()
    return { json: asJson(status), text: statusText(status) }
  }
  const block = await blockAt(client, heightOf(height))
  const status: NodeStatus = {
    ...(await client.status()),
    height: block.height,
    headHash: block.hash,
    stateRoot: block.stateRoot,
    round: block.round,
  }
  return { json: asJson(status), text: statusText(status) }
}
