import { Box, Text } from 'ink'
import type { BlockSummary } from '../../client/api-types.ts'
import { fit } from '../../format/fit.ts'
import { printable } from '../../format/printable.ts'
import type { DashboardLayout } from './dashboard-layout.ts'
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

/** As many whole names as fit, and how many do not. */
const namesWithin = (names: readonly string[], columns: number): string => {
  for (let count = names.length; count > 0; count--) {
    const more = names.length - count
    const text = `${names.slice(0, count).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    if (text.length <= columns) return text
  }
  return `${names.length} validators`
}

// Border and padding of the box, and those of the screen.
const OTHER_COLUMNS = 6

const Details = ({ state, columns }: { readonly state: DashboardState; readonly columns: number }) => {
  const block = state.blocks.find(({ height }) => height === state.chosen)
  if (block === undefined) return null
  const names = block.signers.map((did) =>
    printable(state.members.find((member) => member.did === did)?.name ?? did),
  )
  const round = `round ${block.round}, signed by `
  return (
    <Box flexDirection="column" borderStyle="round" borderDimColor paddingX={1}>
      <Text wrap="truncate">hash {block.hash}</Text>
      <Text wrap="truncate">state root {block.stateRoot}</Text>
      <Text wrap="truncate">
        {round}
        {namesWithin(names, columns - OTHER_COLUMNS - round.length)}
      </Text>
    </Box>
  )
}

/** The newest blocks, or those around the chosen one with its details. */
export const BlockList = ({
  state,
  columns,
  layout: { blockRows, isWide, hasDetails },
}: {
  readonly state: DashboardState
  readonly columns: number
  readonly layout: DashboardLayout
}) => {
  const shown = visible(state, blockRows)
  const nameOf = (did: string) => state.members.find((member) => member.did === did)?.name ?? did
  return (
    <Box flexDirection="column">
      <Text bold>Blocks</Text>
      {shown.map((block) => (
        <Text key={block.height} wrap="truncate" inverse={block.height === state.chosen}>
          {String(block.height).padStart(8)} {timeText(block.timeMs)}{' '}
          {fit(printable(nameOf(block.proposer)), NAME_COLUMNS)}{' '}
          {transactionsText(block.transactions).padStart(18)}
          {isWide ? <Text dimColor> {block.hash.slice(0, HASH_COLUMNS)}…</Text> : null}
        </Text>
      ))}
      {hasDetails ? <Details state={state} columns={columns} /> : null}
    </Box>
  )
}
