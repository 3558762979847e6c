import { Box, Text } from 'ink'
import type { BlockSummary } from '../../client/api-types.ts'
import { printable } from '../../format/printable.ts'
import type { DashboardState } from './dashboard-state.ts'

const NAME_COLUMNS = 20
const HASH_COLUMNS = 16

const timeText = (timeMs: number): string => new Date(timeMs).toISOString().slice(11, 19)

const transactionsText = (count: number): string => `${count} ${count === 1 ? 'transaction' : 'transactions'}`

/** The rows around the chosen block, so that it is always in sight. */
const visible = ({ blocks, chosen }: DashboardState, rows: number): readonly BlockSummary[] => {
  const at = Math.max(
    0,
    blocks.findIndex(({ height }) => height === chosen),
  )
  const start = Math.max(0, Math.min(at - Math.floor(rows / 2), blocks.length - rows))
  return blocks.slice(start, start + rows)
}

const Details = ({ state }: { readonly state: DashboardState }) => {
  const block = state.blocks.find(({ height }) => height === state.chosen)
  if (block === undefined) return null
  const names = block.signers.map((did) => state.members.find((member) => member.did === did)?.name ?? did)
  return (
    <Box flexDirection="column" borderStyle="round" borderDimColor paddingX={1}>
      <Text wrap="truncate">hash {block.hash}</Text>
      <Text wrap="truncate">state root {block.stateRoot}</Text>
      <Text wrap="truncate">
        round {block.round}, signed by {printable(names.join(', '))}
      </Text>
    </Box>
  )
}

/** The newest blocks, or those around the chosen one with its details. */
export const BlockList = ({ state, rows }: { readonly state: DashboardState; readonly rows: number }) => {
  const shown = visible(state, Math.max(3, rows - (state.chosen === undefined ? 0 : 5)))
  const nameOf = (did: string) => state.members.find((member) => member.did === did)?.name ?? did
  return (
    <Box flexDirection="column">
      <Text bold>Blocks</Text>
      {shown.map((block) => (
        <Text key={block.height} wrap="truncate" inverse={block.height === state.chosen}>
          {String(block.height).padStart(8)} {timeText(block.timeMs)}{' '}
          {printable(nameOf(block.proposer)).slice(0, NAME_COLUMNS).padEnd(NAME_COLUMNS)}{' '}
          {transactionsText(block.transactions).padStart(18)}{' '}
          <Text dimColor>{block.hash.slice(0, HASH_COLUMNS)}…</Text>
        </Text>
      ))}
      <Details state={state} />
    </Box>
  )
}
