import { networkIdOf, ok, type Result, refuse } from '@medchain/core'
import type { NodeConfig } from './config/index.ts'
import { createNetwork, type MemberDirectory, type Network } from './network/index.ts'
import type { NodeOptions, NodeParts } from './node-options.ts'

/** The peer-to-peer side of a node, not started. */
export const makeNetwork = (
  options: NodeOptions,
  parts: Pick<NodeParts, 'logger' | 'clock'> & Partial<Pick<NodeParts, 'metrics'>>,
  directory: MemberDirectory,
): Network =>
  createNetwork({
    privateKeySeed: options.keys.nodeSeed,
    networkId: networkIdOf(options.genesis),
    listen: options.config.listen,
    directory,
    logger: parts.logger.child({ part: 'network' }),
    ...(parts.metrics && { metrics: parts.metrics }),
    clock: parts.clock,
  })

// libp2p tells several failures with their stack traces in one message.
const listenReason = (error: unknown): string => {
  const code = /\bE[A-Z]{4,}\b/.exec(String(error))?.[0]
  return code === 'EADDRINUSE' ? 'another process listens there' : (code ?? 'the address cannot be used')
}

/** Starts the network at the first call; `network.listen` when that fails. */
export const createConnect = (
  network: Network,
  { listen }: Pick<NodeConfig, 'listen'>,
): (() => Promise<Result<void>>) => {
  let connected: Promise<Result<void>> | undefined
  const start = async (): Promise<Result<void>> => {
    try {
      await network.start()
      return ok(undefined)
    } catch (error) {
      return refuse(
        'network.listen',
        `The node cannot listen on ${listen.join(', ')}: ${listenReason(error)}.`,
      )
    }
  }
  return (): Promise<Result<void>> => {
    connected ??= start()
    return connected
  }
}
