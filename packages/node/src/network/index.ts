export { NETWORK_CODES, type NetworkErrorCode } from './codes.ts'
export {
  FRAME_BYTES_MAX,
  GOSSIP_BYTES_MAX,
  LIVENESS_DEFAULTS,
  REQUEST_BYTES_MAX,
  RESPONSE_BYTES_MAX,
} from './limits.ts'
export { createNetwork } from './network.ts'
export { NetworkError } from './network-error.ts'
export type {
  GossipTopic,
  GossipVerdict,
  LivenessOptions,
  Member,
  MemberDirectory,
  Network,
  NetworkClock,
  NetworkLogger,
  NetworkMetrics,
  NetworkOptions,
  PeerStatus,
  RequestOptions,
  RequestProtocol,
} from './port.ts'
