import type { GossipsubOpts } from '@chainsafe/libp2p-gossipsub'
import { GOSSIP_ENVELOPE_BYTES_MAX, GOSSIP_WRITE_BUFFER_BYTES_MAX } from '../limits.ts'

/**
 * gossipsub for a handful of known members that are all connected with each other. The author sends to
 * everybody, so a message takes one hop; a small mesh forwards it around a broken connection. Scoring is
 * off: admission decides who is here, and on one host or behind one address it would graylist members
 * for sharing it. Messages are signed by their author's node key, so a forwarder cannot speak for
 * another, and their id is author and sequence number: publishing the same bytes again works, where an id
 * from the content would silence them after a momentary "ignore".
 */
export const gossipOptions = (topics: readonly string[]): Partial<GossipsubOpts> => ({
  globalSignaturePolicy: 'StrictSign',
  allowedTopics: [...topics],
  emitSelf: false,
  floodPublish: true,
  fallbackToFloodsub: false,
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  tagMeshPeers: false,
  doPX: false,
  D: 4,
  Dlo: 3,
  Dhi: 8,
  Dscore: 2,
  Dout: 1,
  Dlazy: 4,
  maxInboundDataLength: GOSSIP_ENVELOPE_BYTES_MAX,
  maxOutboundBufferSize: GOSSIP_WRITE_BUFFER_BYTES_MAX,
  scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
})
