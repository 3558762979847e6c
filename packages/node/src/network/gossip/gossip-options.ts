import type { GossipsubOpts } from '@chainsafe/libp2p-gossipsub'
import type { FastMsgIdFn } from '@chainsafe/libp2p-gossipsub/types'
import { GOSSIP_ENVELOPE_BYTES_MAX, GOSSIP_WRITE_BUFFER_BYTES_MAX } from '../limits.ts'

/** Recognises a copy before its signature is checked; only messages that passed the check are remembered. */
const fastMessageId: FastMsgIdFn = ({ from, seqno }) =>
  `${Buffer.from(from ?? []).toString('latin1')} ${Buffer.from(seqno ?? []).toString('latin1')}`

/**
 * gossipsub for a handful of known members that are all connected with each other. The author sends to
 * everybody, so a message takes one hop; a thin mesh forwards it around a broken connection, and what is
 * still missing is asked for at the next heartbeat. Scoring is
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
  D: 2,
  Dlo: 1,
  Dhi: 3,
  Dscore: 1,
  Dout: 0,
  Dlazy: 2,
  fastMsgIdFn: fastMessageId,
  // One message of a peer at a time.
  awaitRpcHandler: true,
  awaitRpcMessageHandler: true,
  maxInboundDataLength: GOSSIP_ENVELOPE_BYTES_MAX,
  maxOutboundBufferSize: GOSSIP_WRITE_BUFFER_BYTES_MAX,
  scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
})
