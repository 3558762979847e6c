import { gossipOptions } from './gossip/gossip-options.ts'
import { GOSSIP_TOPICS } from './gossip/gossip-topics.ts'
import { createHost, type Host } from './host.ts'
import { FRAME_BYTES_MAX } from './limits.ts'
import { NetworkError } from './network-error.ts'
import { createParts } from './parts.ts'
import type { PeerLink } from './peer-link.ts'
import { describePeers } from './peer-status.ts'
import type { Network, NetworkOptions } from './port.ts'
import { CONSENSUS_PROTOCOL, gossipTopicName } from './protocol-ids.ts'
import { stopHost } from './stop-host.ts'
import { handleStreams } from './stream-handlers.ts'

/** The node's network: nothing is opened before `start`, and after `close` it cannot be started again. */
export const createNetwork = (options: NetworkOptions): Network => {
  let host: Host | undefined
  const running = (): Host => {
    if (host === undefined) throw new NetworkError('network.unreachable', 'the network is not started')
    return host
  }
  const selfId = (): string => host?.peerId.toString() ?? ''
  const parts = createParts(options, {
    selfId,
    dial: (addresses, signal) => running().dial(addresses, { signal }),
  })
  const { client, connections, dialer, gossip, members, receiver, server, table, telemetry } = parts

  const linkTo = (institution: string): PeerLink | undefined => {
    const indexed = members.byInstitution(institution)
    return indexed === undefined ? undefined : table.get(indexed.id)
  }

  const sendFrame = (link: PeerLink | undefined, frame: Uint8Array): void => {
    if (link === undefined || frame.length > FRAME_BYTES_MAX) {
      telemetry.framesDropped.add(1)
      if (link !== undefined)
        options.logger.warn({ bytes: frame.length }, 'consensus frame too large, dropped')
      return
    }
    telemetry.framesSent.add(1)
    const dropped = link.scheduler.sendFrame(frame)
    if (dropped > 0) telemetry.framesDropped.add(dropped)
  }

  const isValidator = (id: string): boolean => members.byId(id)?.member.isValidator === true

  /** Consensus is among validators: who is none, here or there, gets no frames. */
  const validatorLink = (link: PeerLink | undefined): PeerLink | undefined =>
    link !== undefined && isValidator(selfId()) && isValidator(link.indexed.id) ? link : undefined

  return {
    async start() {
      const topics = GOSSIP_TOPICS.map((topic) => gossipTopicName(options.networkId, topic))
      const created = await createHost({
        privateKeySeed: options.privateKeySeed,
        listen: options.listen,
        gater: parts.admission,
        dialTimeoutMs: parts.liveness.dialTimeoutMs,
        gossip: gossipOptions(topics),
      })
      host = created
      await handleStreams(created, parts)
      connections.attach(created)
      await created.start()
      gossip.join(created.services.pubsub)
      dialer.start()
    },
    async close() {
      dialer.close()
      connections.close()
      if (host) await stopHost(host)
    },
    listenAddresses: () => running().getMultiaddrs().map(String),
    peers: () => describePeers(members, table, selfId()),
    send: (institution, frame) => sendFrame(validatorLink(linkTo(institution)), frame),
    broadcast(frame) {
      for (const link of table.all()) if (isValidator(link.indexed.id)) sendFrame(validatorLink(link), frame)
    },
    onFrame: receiver.onFrame,
    request: (institution, protocol, body, requestOptions = {}) =>
      client.request(linkTo(institution), protocol, body, requestOptions),
    serve: server.serve,
    publish: (topic, bytes) => gossip.publish(running().services.pubsub, topic, bytes),
    onGossip: gossip.onGossip,
    onPeer: connections.onPeer,
    blame: (institution, reason) => parts.violations.blame(institution, CONSENSUS_PROTOCOL, reason),
  }
}
