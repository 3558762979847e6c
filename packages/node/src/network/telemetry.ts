import type { NetworkMetrics } from './port.ts'

const NO_METRICS: NetworkMetrics = {
  counter: () => ({ add: () => undefined }),
  gauge: () => ({ set: () => undefined }),
}

export type Telemetry = ReturnType<typeof createTelemetry>

/** Every metric of this room. No labels: a label could only name an institution. */
export const createTelemetry = (metrics: NetworkMetrics = NO_METRICS) => ({
  peersConnected: metrics.gauge('medchain_network_peers_connected_count'),
  dials: metrics.counter('medchain_network_dials_total'),
  strangersRefused: metrics.counter('medchain_network_strangers_refused_total'),
  peersSilent: metrics.counter('medchain_network_peers_silent_total'),
  gossipLost: metrics.counter('medchain_network_gossip_streams_lost_total'),
  violations: metrics.counter('medchain_network_violations_total'),
  peersBanned: metrics.counter('medchain_network_peers_banned_total'),
  handshakesRefused: metrics.counter('medchain_network_handshakes_refused_total'),
  framesSent: metrics.counter('medchain_network_frames_sent_total'),
  framesReceived: metrics.counter('medchain_network_frames_received_total'),
  framesDropped: metrics.counter('medchain_network_frames_dropped_total'),
  requestsSent: metrics.counter('medchain_network_requests_sent_total'),
  requestsFailed: metrics.counter('medchain_network_requests_failed_total'),
  requestsServed: metrics.counter('medchain_network_requests_served_total'),
  requestsRefused: metrics.counter('medchain_network_requests_refused_total'),
  gossipPublished: metrics.counter('medchain_network_gossip_published_total'),
  gossipAccepted: metrics.counter('medchain_network_gossip_accepted_total'),
  gossipIgnored: metrics.counter('medchain_network_gossip_ignored_total'),
  gossipRejected: metrics.counter('medchain_network_gossip_rejected_total'),
})
