import type { Connection } from '@libp2p/interface'
import type { Host } from './host.ts'
import type { IndexedMember, MemberIndex } from './member-index.ts'
import { createPeerLink, type PeerLink } from './peer-link.ts'
import type { PeerTable } from './peer-table.ts'
import type { LivenessOptions, NetworkClock, NetworkLogger, PeerHandler } from './port.ts'
import type { Telemetry } from './telemetry.ts'

export interface Connections {
  onPeer(handler: PeerHandler): void
  attach(host: Host): void
  close(): void
  /** The link that this connection belongs to, if it is the one in use. */
  linkOf(connection: Connection): PeerLink | undefined
}

export interface ConnectionsParts {
  readonly members: MemberIndex
  readonly table: PeerTable
  readonly selfId: () => string
  readonly liveness: LivenessOptions
  readonly clock: NetworkClock
  readonly logger: NetworkLogger
  readonly telemetry: Telemetry
}

/** Turns libp2p's connections into links, keeps one a member, and ticks them. */
export const createConnections = (parts: ConnectionsParts): Connections => {
  const { clock, members, table, telemetry } = parts
  const handlers: PeerHandler[] = []
  /** Peer ids reported as connected: a link that replaces another is no news. */
  const reported = new Set<string>()
  let cancelTimer = (): void => undefined

  const report = ({ id, member: { institution } }: IndexedMember, connected: boolean): void => {
    if (reported.has(id) === connected) return
    if (connected) reported.add(id)
    else reported.delete(id)
    telemetry.peersConnected.set(reported.size)
    parts.logger.info({ peer: institution }, connected ? 'peer connected' : 'peer disconnected')
    for (const handler of handlers) handler({ institution, connected })
  }

  const exchangesFrames = (id: string): boolean =>
    members.byId(id)?.member.isValidator === true && members.byId(parts.selfId())?.member.isValidator === true

  /** Admission lets no second connection in; should two cross all the same, both sides keep the same one. */
  const isBetter = (candidate: Connection, held: PeerLink): boolean => {
    if (held.isConfirmed) return false
    if (candidate.direction === held.connection.direction) return true
    return (candidate.direction === 'outbound') === parts.selfId() < candidate.remotePeer.toString()
  }

  const open = (connection: Connection): void => {
    const indexed = members.byId(connection.remotePeer.toString())
    if (indexed === undefined) {
      connection.abort(new Error('not a member'))
      return
    }
    const held = table.get(indexed.id)
    if (held !== undefined && !isBetter(connection, held)) {
      connection.abort(new Error('duplicate'))
      return
    }
    const link = createPeerLink({
      ...parts,
      indexed,
      connection,
      exchangesFrames: () => exchangesFrames(indexed.id),
      onConfirmed: () => report(indexed, true),
    })
    table.set(link)
    held?.close()
    held?.drop('duplicate')
    link.start()
  }

  const closeConnection = (connection: Connection): void => {
    const link = linkOf(connection)
    if (link === undefined || !table.delete(link)) return
    link.close()
    report(link.indexed, false)
  }

  const linkOf = (connection: Connection): PeerLink | undefined => {
    const link = table.get(connection.remotePeer.toString())
    return link?.connection === connection ? link : undefined
  }

  const tick = (): void => {
    cancelTimer = clock.setTimer(parts.liveness.pingIntervalMs, tick)
    for (const link of table.all()) {
      if (members.byId(link.indexed.id) === undefined) link.drop('no longer a member')
      else link.tick()
    }
  }

  return {
    onPeer(handler) {
      handlers.push(handler)
    },
    attach(host) {
      host.addEventListener('connection:open', (event) => open(event.detail))
      host.addEventListener('connection:close', (event) => closeConnection(event.detail))
      cancelTimer = clock.setTimer(parts.liveness.pingIntervalMs, tick)
    },
    close: () => cancelTimer(),
    linkOf,
  }
}
