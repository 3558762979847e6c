import type { MemberIndex } from './member-index.ts'
import type { PeerTable } from './peer-table.ts'
import type { PeerStatus } from './port.ts'

/** Every member but this node, connected or not. */
export const describePeers = (members: MemberIndex, table: PeerTable, selfId: string): PeerStatus[] => {
  const statuses: PeerStatus[] = []
  for (const { id, member } of members.all()) {
    if (id === selfId) continue
    const status: PeerStatus = {
      institution: member.institution,
      peerId: id,
      connected: false,
      queuedBytes: 0,
    }
    const link = table.get(id)
    if (link?.isConfirmed === true) {
      status.connected = true
      status.address = link.connection.remoteAddr.toString()
      status.connectedSinceMs = link.openedAtMs
      status.queuedBytes = link.scheduler.queuedBytes
      if (link.roundTripMs !== undefined) status.roundTripMs = link.roundTripMs
    }
    statuses.push(status)
  }
  return statuses
}
