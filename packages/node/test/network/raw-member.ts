import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { gossipOptions } from '../../src/network/gossip/gossip-options.ts'
import { GOSSIP_TOPICS } from '../../src/network/gossip/gossip-topics.ts'
import { createHost, type Host } from '../../src/network/host.ts'
import { echoPings } from '../../src/network/liveness/echo.ts'
import { gossipTopicName, PING_PROTOCOL } from '../../src/network/protocol-ids.ts'
import { NETWORK_ID, type TestNode, type World } from './network-world.ts'

export interface RawMember {
  readonly host: Host
  /** The newest connection to the node, which may have been replaced since the last call. */
  connection(): Promise<Connection>
  open(protocol: string): Promise<Stream>
  close(): Promise<void>
}

/** A member whose streams a test fills with what it likes; it answers pings and takes part in gossip. */
export const startRawMember = async (
  world: World,
  index: number,
  target: TestNode,
  handlers: Readonly<Record<string, (stream: Stream) => void>> = {},
): Promise<RawMember> => {
  const topics = GOSSIP_TOPICS.map((topic) => gossipTopicName(NETWORK_ID, topic))
  const host = await createHost({
    privateKeySeed: world.seed(index),
    listen: [],
    gater: {},
    dialTimeoutMs: 3_000,
    gossip: gossipOptions(topics),
  })
  await host.handle(PING_PROTOCOL, (stream) => void echoPings(stream, () => undefined).catch(() => undefined))
  for (const [protocol, handler] of Object.entries(handlers)) await host.handle(protocol, handler)
  await host.start()
  for (const topic of topics) host.services.pubsub.subscribe(topic)
  const connection = (): Promise<Connection> =>
    host.dial(multiaddr(target.network.listenAddresses()[0] ?? ''))
  await connection()
  return {
    host,
    connection,
    open: async (protocol) => (await connection()).newStream(protocol),
    close: () => Promise.resolve(host.stop()),
  }
}
