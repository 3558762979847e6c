import { Box, Text } from 'ink'
import type { Peer } from '../../client/api-types.ts'
import { fit } from '../../format/fit.ts'
import { printable } from '../../format/printable.ts'
import { shownOf } from './shown-rows.ts'

const NAME_COLUMNS = 22

const roundTripText = ({ connected, roundTripMs }: Peer): string =>
  connected ? (roundTripMs === null ? 'connected' : `${roundTripMs.toFixed(1)} ms`) : 'away'

/** The other institutions' nodes and how far away they are. */
export const PeerList = ({ peers, rows }: { readonly peers: readonly Peer[]; readonly rows: number }) => {
  const { shown, more } = shownOf(peers, rows)
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text bold>Peers</Text>
      {shown.map((peer) => (
        <Text key={peer.institution} wrap="truncate">
          <Text color={peer.connected ? 'green' : 'red'}>●</Text> {fit(printable(peer.name), NAME_COLUMNS)}
          <Text dimColor> {roundTripText(peer).padStart(10)}</Text>
        </Text>
      ))}
      {more > 0 ? <Text dimColor>… and {more} more</Text> : null}
    </Box>
  )
}
