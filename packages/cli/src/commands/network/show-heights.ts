import { createNodeClient } from '../../client/node-client.ts'
import type { CommandContext } from '../../command-context.ts'
import type { LocalHome } from './local-homes.ts'

const INTERVAL_MS = 5000

const heightOf = async (context: CommandContext, { apiUrl }: LocalHome): Promise<string> =>
  createNodeClient(apiUrl, context.host.now)
    .status('fresh')
    .then(
      ({ height }) => String(height),
      () => 'silent',
    )

/** A line of heights for people whenever one of them has changed; nothing under --json. */
export const showHeights = (
  context: CommandContext,
  homes: readonly LocalHome[],
): { readonly stop: () => void } => {
  let last = ''
  const show = async () => {
    const heights = await Promise.all(
      homes.map(async (home) => `${home.name} ${await heightOf(context, home)}`),
    )
    const line = `Heights: ${heights.join(' · ')}`
    if (line !== last) context.note(line)
    last = line
  }
  const timer = setInterval(() => void show(), INTERVAL_MS)
  return { stop: () => clearInterval(timer) }
}
