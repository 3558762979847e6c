import { Box, Text } from 'ink'
import type { Peer } from '../../client/api-types.ts'
import { printable } from '../../format/printable.ts'

const NAME_COLUMNS = 22

const roundTripText = ({ connected, roundTripMs }: Peer): string =>
  connected ? (roundTripMs === null ? 'connected' : `${roundTripMs.toFixed(1)} ms`) : 'away'

/** The other institutions' nodes and how far away they are. */
export const PeerList = ({ peers }: { readonly peers: readonly Peer[] }) => (
  <Box flexDirection="column" flexShrink={0}>
    <Text bold>Peers</Text>
    {peers.map((peer) => (
      <Text key={peer.institution} wrap="truncate">
        <Text color={peer.connected ? 'green' : 'red'}>●</Text>{' '}
        {printable(peer.name).slice(0, NAME_COLUMNS).padEnd(NAME_COLUMNS)}
        <Text dimColor> {roundTripText(peer).padStart(10)}</Text>
      </Text>
    ))}
  </Box>
)
