import type { ConnectionGater, PeerId } from '@libp2p/interface'
import { createHandshakeGate } from './handshake-gate.ts'
import { DIAL_PRECEDENCE_MS, FRESH_CONNECTION_MS } from './limits.ts'
import type { MemberIndex } from './member-index.ts'
import type { PeerLink } from './peer-link.ts'
import type { PeerTable } from './peer-table.ts'
import type { NetworkClock, NetworkLogger } from './port.ts'
import type { Telemetry } from './telemetry.ts'
import type { Violations } from './violations.ts'

export interface AdmissionParts {
  readonly members: MemberIndex
  readonly table: PeerTable
  readonly logger: NetworkLogger
  readonly telemetry: Telemetry
  readonly clock: NetworkClock
  readonly violations: Pick<Violations, 'isBanned'>
  readonly selfId: () => string
  /** True when our own dial to this peer stands and the inbound connection must go. */
  readonly isOwnDialPreferred: (id: string) => boolean
}

/**
 * Who may connect: members of the directory as it stands, nobody else, whichever side dials. A second
 * connection to the same peer is refused here, before gossipsub sees it: it keeps one stream a peer and
 * does not open another when the connection below it is closed as a duplicate.
 */
export const createAdmission = (parts: AdmissionParts): ConnectionGater => {
  const handshakes = createHandshakeGate(parts)

  /** Nobody the directory knows, or shut out for now. */
  const isUnwelcome = (peerId: PeerId): boolean => {
    const indexed = parts.members.byId(peerId.toString())
    return indexed === undefined || parts.violations.isBanned(indexed.member.institution)
  }

  /** Not yet confirmed, the connection dialled by the lower id is the one that both sides keep. */
  const isPreferred = (link: PeerLink): boolean => {
    const ageMs = parts.clock.now() - link.openedAtMs
    if (link.isConfirmed) return ageMs < FRESH_CONNECTION_MS
    const isOwn = link.connection.direction === 'outbound' && parts.selfId() < link.indexed.id
    return isOwn && ageMs < DIAL_PRECEDENCE_MS
  }

  const refusesInbound = (peerId: PeerId): boolean => {
    const id = peerId.toString()
    if (isUnwelcome(peerId)) {
      parts.telemetry.strangersRefused.add(1)
      parts.logger.debug({ peerId: id }, 'connection refused: not a member, or shut out')
      return true
    }
    if (parts.isOwnDialPreferred(id)) return true
    const link = parts.table.get(id)
    if (link === undefined) return false
    if (isPreferred(link)) return true
    // A peer dials only when it has no connection, so what we hold is a leftover.
    link.drop('superseded')
    return false
  }

  return {
    denyDialPeer: isUnwelcome,
    denyInboundConnection: ({ remoteAddr }) => !handshakes.admit(remoteAddr.toString()),
    denyInboundEncryptedConnection: (peerId, { remoteAddr }) => {
      if (!isUnwelcome(peerId)) handshakes.proved(remoteAddr.toString())
      return refusesInbound(peerId)
    },
    denyOutboundEncryptedConnection: (peerId, { remoteAddr }) => {
      if (isUnwelcome(peerId)) return true
      handshakes.proved(remoteAddr.toString())
      return false
    },
  }
}
