import { Box, Text } from 'ink'
import { sizeText } from '../../format/size.ts'
import { durationText } from '../../format/time.ts'
import { BlockList } from './block-list.tsx'
import { type DashboardSize, layoutOf, tooSmallText } from './dashboard-layout.ts'
import { activityOf, type DashboardState } from './dashboard-state.ts'
import { PeerList } from './peer-list.tsx'
import { ValidatorList } from './validator-list.tsx'

interface FactValue {
  readonly label: string
  readonly value: string
  readonly color?: string
}

const Fact = ({ label, value, color }: FactValue) => (
  <Text>
    <Text dimColor>{label} </Text>
    <Text bold {...(color !== undefined && { color })}>
      {value}
    </Text>
  </Text>
)

const Banner = ({ state }: { readonly state: DashboardState }) => {
  const { status, trouble, isPaused } = state
  const [mark, color] = trouble ? ['silent', 'red'] : isPaused ? ['paused', 'yellow'] : ['live', 'green']
  return (
    <Box justifyContent="space-between">
      <Text bold color="cyan">
        {status ? `${status.institutionName} (${status.role})` : 'MedChain'}
      </Text>
      <Text color={color}>● {mark}</Text>
    </Box>
  )
}

const factsOf = ({ status, nowMs, peers }: DashboardState): readonly FactValue[] => {
  if (status === undefined) return []
  const ageMs = Math.max(0, nowMs - status.headTimeMs)
  return [
    { label: 'height', value: String(status.height) },
    { label: 'round', value: String(status.round), ...(status.round > 0 && { color: 'yellow' }) },
    { label: 'head', value: `${durationText(ageMs)} ago`, ...(ageMs > 30_000 && { color: 'red' }) },
    { label: 'peers', value: `${status.peers} of ${peers.length}` },
    { label: 'mempool', value: `${status.mempool.transactions} tx, ${sizeText(status.mempool.bytes)}` },
    ...(status.syncing ? [{ label: 'syncing', value: 'yes', color: 'yellow' }] : []),
  ]
}

const FACTS_GAP = 3

/** Facts in lines that fit, so that one knows how many there are. */
const factLines = (facts: readonly FactValue[], columns: number): readonly (readonly FactValue[])[] => {
  const lines: FactValue[][] = []
  let used = 0
  for (const fact of facts) {
    const width = fact.label.length + 1 + fact.value.length
    const line = lines.at(-1)
    if (line && used + FACTS_GAP + width <= columns) {
      line.push(fact)
      used += FACTS_GAP + width
    } else {
      lines.push([fact])
      used = width
    }
  }
  return lines
}

const Facts = ({ lines }: { readonly lines: readonly (readonly FactValue[])[] }) =>
  lines.length === 0 ? (
    <Text dimColor>Asking the node …</Text>
  ) : (
    <Box flexDirection="column">
      {lines.map((line) => (
        <Box key={line[0]?.label} columnGap={FACTS_GAP}>
          {line.map((fact) => (
            <Fact key={fact.label} {...fact} />
          ))}
        </Box>
      ))}
    </Box>
  )

const keysOf = ({ isPaused }: DashboardState): string =>
  `q quit · p ${isPaused ? 'go on' : 'pause'} · ↑↓ choose a block · g newest`

/** The whole screen from one state; nothing here fetches or remembers. */
export const DashboardView = ({
  state,
  size,
}: {
  readonly state: DashboardState
  readonly size: DashboardSize
}) => {
  const inner = size.columns - 2
  const activity = activityOf(state)
  const lines = factLines(factsOf(state), inner)
  // Wrapped text may break early at long words: one row more than its length needs.
  const troubleRows = state.trouble ? Math.ceil(state.trouble.length / inner) + 1 : 0
  const layout = layoutOf(size, {
    validators: activity.length,
    peers: state.peers.length,
    factRows: Math.max(1, lines.length) + troubleRows,
    isBlockChosen: state.chosen !== undefined,
  })
  if (layout === undefined) return <Text>{tooSmallText(size)}</Text>
  return (
    <Box flexDirection="column" paddingX={1} rowGap={1}>
      <Box flexDirection="column">
        <Banner state={state} />
        <Facts lines={lines} />
        {state.trouble ? <Text color="red">{state.trouble}</Text> : null}
      </Box>
      <Box flexDirection={layout.isWide ? 'row' : 'column'} columnGap={4} rowGap={1}>
        <ValidatorList activity={activity} rows={layout.validatorRows} />
        {layout.peerRows > 0 ? <PeerList peers={state.peers} rows={layout.peerRows} /> : null}
      </Box>
      <BlockList state={state} columns={size.columns} layout={layout} />
      <Text dimColor>{keysOf(state)}</Text>
    </Box>
  )
}
