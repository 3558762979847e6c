import type { TcpNetConnectOpts } from 'node:net'
import type { GossipSub, GossipsubOpts } from '@chainsafe/libp2p-gossipsub'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { type Identify, identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p } from '@libp2p/interface'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { pacedGossip } from './gossip/paced-gossip.ts'
import {
  CONNECT_TIMEOUT_MS,
  STREAM_OPEN_TIMEOUT_MS,
  STREAM_WINDOW_BYTES,
  STREAMS_PER_CONNECTION_MAX,
} from './limits.ts'
import { joinedNoise } from './wire/joined-noise.ts'
import { quietYamux } from './wire/quiet-yamux.ts'

export type Host = Libp2p<{ identify: Identify; pubsub: GossipSub }>

/** Far above any consortium: admission by key is the limit, and all members may share one address. */
const CONNECTIONS_MAX = 1_024
const INBOUND_CONNECTIONS_PER_SECOND_MAX = 1_000
const PENDING_CONNECTIONS_MAX = 256
/** Handed on to `net.connect`. */
const DIAL_OPTIONS: TCPSocketOptions & Pick<TcpNetConnectOpts, 'timeout'> = { timeout: CONNECT_TIMEOUT_MS }

/** A libp2p node with TCP, Noise, yamux, identify and gossipsub, and nothing that finds or relays peers. */
export const createHost = async (options: {
  privateKeySeed: Uint8Array
  listen: readonly string[]
  gater: ConnectionGater
  dialTimeoutMs: number
  gossip: Partial<GossipsubOpts>
}): Promise<Host> => {
  const { dialTimeoutMs } = options
  return createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', options.privateKeySeed),
    nodeInfo: { name: 'medchain', version: '1', userAgent: 'medchain/1' },
    addresses: { listen: [...options.listen] },
    transports: [
      tcp({
        inboundSocketInactivityTimeout: 0,
        outboundSocketInactivityTimeout: 0,
        dialOpts: DIAL_OPTIONS,
      }),
    ],
    connectionEncrypters: [joinedNoise()],
    streamMuxers: [
      quietYamux(STREAM_WINDOW_BYTES, {
        enableKeepAlive: false,
        maxInboundStreams: STREAMS_PER_CONNECTION_MAX,
      }),
    ],
    connectionGater: options.gater,
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: CONNECTIONS_MAX,
      inboundConnectionThreshold: INBOUND_CONNECTIONS_PER_SECOND_MAX,
      maxIncomingPendingConnections: PENDING_CONNECTIONS_MAX,
      dialTimeout: dialTimeoutMs,
      addressDialTimeout: dialTimeoutMs,
      inboundUpgradeTimeout: dialTimeoutMs,
      outboundStreamProtocolNegotiationTimeout: STREAM_OPEN_TIMEOUT_MS,
      inboundStreamProtocolNegotiationTimeout: STREAM_OPEN_TIMEOUT_MS,
      reconnectRetries: 0,
    },
    services: { identify: identify(), pubsub: pacedGossip(options.gossip) },
  })
}
