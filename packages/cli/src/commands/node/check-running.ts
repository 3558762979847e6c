import type { Peer } from '../../client/api-types.ts'
import { createNodeClient } from '../../client/node-client.ts'
import { CommandError } from '../../command-error.ts'

const HEAD_AGE_MS_MAX = 30_000
const CLOCK_SKEW_MS_MAX = 5000

const clockRemark = (skewMs: number): string[] =>
  Math.abs(skewMs) > CLOCK_SKEW_MS_MAX
    ? [
        `Its clock is ${skewMs > 0 ? 'ahead of' : 'behind'} the newest blocks by ${Math.round(Math.abs(skewMs) / 1000)} s; set it.`,
      ]
    : []

/** What a running daemon says about itself that an operator should know; never an error. */
export const checkRunning = async (
  apiUrl: string,
  now: () => number,
): Promise<{ readonly remarks: readonly string[] }> => {
  const client = createNodeClient(apiUrl, now)
  try {
    const status = await client.status()
    const { peers } = await client.get<{ peers: Peer[] }>('/v1/peers')
    const away = peers.filter((peer) => !peer.connected).map((peer) => peer.name)
    const ageMs = now() - status.headTimeMs
    return {
      remarks: [
        `The daemon runs, at height ${status.height}.`,
        ...(status.syncing ? ['It is still catching up with the others.'] : []),
        ...(away.length > 0 ? [`It does not reach ${away.join(', ')}.`] : []),
        ...(ageMs > HEAD_AGE_MS_MAX ? [`Its newest block is ${Math.round(ageMs / 1000)} s old.`] : []),
        ...clockRemark(status.clockSkewMs ?? 0),
      ],
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { remarks: [`The daemon’s process lives, but its API does not answer: ${error.message}`] }
  }
}
