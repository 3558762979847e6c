import type { Peer } from '../../client/api-types.ts'
import { tableText } from '../../format/table.ts'
import type { CommandAction } from '../command-spec.ts'

/** The other institutions' nodes as this one sees them. */
export const listPeers: CommandAction = async (context) => {
  const client = await context.client()
  const { peers } = await client.get<{ peers: Peer[] }>('/v1/peers')
  const rows = peers.map((peer) => [
    peer.name,
    peer.connected ? context.paint.good('connected') : context.paint.bad('away'),
    peer.roundTripMs === null ? '' : `${peer.roundTripMs.toFixed(1)} ms`,
    peer.address ?? '',
    peer.institution,
  ])
  const columns = ['Institution', 'Now', { title: 'Round trip', align: 'right' }, 'Address', 'DID'] as const
  return {
    json: { peers: peers.map((peer) => ({ ...peer })) },
    text: tableText(columns, rows, 'This node has no peers.', context.columns),
  }
}
