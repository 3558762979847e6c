import type { GossipTopic, RequestProtocol } from './port.ts'

export const CONSENSUS_PROTOCOL = '/medchain/1/consensus'
export const PING_PROTOCOL = '/medchain/1/ping'

export const REQUEST_PROTOCOLS: Readonly<Record<RequestProtocol, string>> = {
  sync: '/medchain/1/sync',
  snapshot: '/medchain/1/snapshot',
  vault: '/medchain/1/vault',
}

export const gossipTopicName = (networkId: Uint8Array, topic: GossipTopic): string =>
  `medchain/1/${Buffer.from(networkId).toString('hex')}/${topic}`
