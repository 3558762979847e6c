import type { Multiaddr } from '@multiformats/multiaddr'
import { createAdmission } from './admission.ts'
import { createConnections } from './connections.ts'
import { createFrameReceiver } from './consensus/frame-receiver.ts'
import { createDialer } from './dialer.ts'
import { createGossipTopics } from './gossip/gossip-topics.ts'
import { LIVENESS_DEFAULTS } from './limits.ts'
import { createMemberIndex } from './member-index.ts'
import { createPeerTable } from './peer-table.ts'
import type { NetworkOptions } from './port.ts'
import { createRequestClient } from './requests/client.ts'
import { createRequestServer } from './requests/server.ts'
import { createTelemetry } from './telemetry.ts'
import { createViolations } from './violations.ts'

/** What the parts need of a host that exists only after the network started. */
export interface HostAccess {
  readonly selfId: () => string
  readonly dial: (addresses: Multiaddr[], signal: AbortSignal) => Promise<unknown>
}

export type NetworkParts = ReturnType<typeof createParts>

/** Everything below the `Network` interface, wired together and not yet started. */
export const createParts = (options: NetworkOptions, host: HostAccess) => {
  const { clock, logger } = options
  const liveness = { ...LIVENESS_DEFAULTS, ...options.liveness }
  const telemetry = createTelemetry(options.metrics)
  const members = createMemberIndex(options.directory)
  const table = createPeerTable()
  const drop = (institution: string, reason: string): void => {
    const indexed = members.byInstitution(institution)
    if (indexed) table.get(indexed.id)?.drop(reason)
  }
  const violations = createViolations({ logger, telemetry, clock, drop })
  const shared = { clock, logger, telemetry, violations, members, table, liveness }
  const dialer = createDialer({ ...shared, ...host })
  return {
    ...shared,
    dialer,
    admission: createAdmission({ ...shared, selfId: host.selfId, isOwnDialPreferred: dialer.isPreferred }),
    connections: createConnections({ ...shared, ...host }),
    receiver: createFrameReceiver(shared),
    client: createRequestClient(shared),
    server: createRequestServer(shared),
    gossip: createGossipTopics({ ...shared, networkId: options.networkId }),
  }
}
