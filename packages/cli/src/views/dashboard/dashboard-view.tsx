import { Box, Text } from 'ink'
import { sizeText } from '../../format/size.ts'
import { durationText } from '../../format/time.ts'
import { BlockList } from './block-list.tsx'
import { activityOf, type DashboardState } from './dashboard-state.ts'
import { PeerList } from './peer-list.tsx'
import { ValidatorList } from './validator-list.tsx'

const Fact = ({
  label,
  value,
  color,
}: {
  readonly label: string
  readonly value: string
  readonly color?: string
}) => (
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

const Facts = ({ state }: { readonly state: DashboardState }) => {
  const { status, nowMs, peers } = state
  if (status === undefined) return <Text dimColor>Asking the node …</Text>
  const ageMs = Math.max(0, nowMs - status.headTimeMs)
  return (
    <Box flexWrap="wrap" columnGap={3}>
      <Fact label="height" value={String(status.height)} />
      <Fact label="round" value={String(status.round)} {...(status.round > 0 && { color: 'yellow' })} />
      <Fact label="head" value={`${durationText(ageMs)} ago`} {...(ageMs > 30_000 && { color: 'red' })} />
      <Fact label="peers" value={`${status.peers} of ${peers.length}`} />
      <Fact label="mempool" value={`${status.mempool.transactions} tx, ${sizeText(status.mempool.bytes)}`} />
      {status.syncing ? <Fact label="syncing" value="yes" color="yellow" /> : null}
    </Box>
  )
}

/** The whole screen from one state; nothing here fetches or remembers. */
export const DashboardView = ({
  state,
  blockRows,
}: {
  readonly state: DashboardState
  readonly blockRows: number
}) => (
  <Box flexDirection="column" paddingX={1} rowGap={1}>
    <Box flexDirection="column">
      <Banner state={state} />
      <Facts state={state} />
      {state.trouble ? <Text color="red">{state.trouble}</Text> : null}
    </Box>
    <Box columnGap={4}>
      <ValidatorList activity={activityOf(state)} />
      <PeerList peers={state.peers} />
    </Box>
    <BlockList state={state} rows={blockRows} />
    <Text dimColor>q quit · p {state.isPaused ? 'go on' : 'pause'} · ↑↓ choose a block · g newest</Text>
  </Box>
)
