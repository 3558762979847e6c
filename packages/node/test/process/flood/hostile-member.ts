import type { Connection } from '@libp2p/interface'
import { unwrap } from '@medchain/core'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { readPassphraseFile } from '../../../src/config/index.ts'
import { type NodeKeys, nodePaths, readNodeKeys } from '../../../src/index.ts'
import { gossipOptions } from '../../../src/network/gossip/gossip-options.ts'
import { GOSSIP_TOPICS } from '../../../src/network/gossip/gossip-topics.ts'
import { createHost, type Host } from '../../../src/network/host.ts'
import { echoPings } from '../../../src/network/liveness/echo.ts'
import { CONSENSUS_PROTOCOL, gossipTopicName, PING_PROTOCOL } from '../../../src/network/protocol-ids.ts'

export interface HostileMember {
  readonly host: Host
  readonly keys: NodeKeys
  readonly targets: readonly Multiaddr[]
  readonly connect: (target: Multiaddr) => Promise<Connection>
}

/** Speaks with a member's own keys: connects, answers pings, swallows what it is sent. */
export const createHostileMember = async (
  home: string,
  networkId: Uint8Array,
  targets: readonly string[],
): Promise<HostileMember> => {
  const passphrase = unwrap(await readPassphraseFile(`${home}/passphrase`))
  const keys = unwrap(await readNodeKeys(nodePaths(home), passphrase))
  const topics = GOSSIP_TOPICS.map((topic) => gossipTopicName(networkId, topic))
  const host = await createHost({
    privateKeySeed: keys.nodeSeed,
    listen: [],
    gater: {},
    dialTimeoutMs: 3_000,
    gossip: gossipOptions(topics),
  })
  await host.handle(PING_PROTOCOL, (stream) => void echoPings(stream, () => undefined).catch(() => undefined))
  await host.handle(CONSENSUS_PROTOCOL, (stream) => stream.addEventListener('message', () => undefined))
  await host.start()
  for (const topic of topics) host.services.pubsub.subscribe(topic)
  return {
    host,
    keys,
    targets: targets.map((target) => multiaddr(target)),
    connect: (target) => host.dial(target, { signal: AbortSignal.timeout(3_000) }),
  }
}
