import { Box, Text } from 'ink'
import { printable } from '../../format/printable.ts'
import type { ValidatorActivity } from './dashboard-state.ts'

const NAME_COLUMNS = 22

const colorOf = ({ signed, outOf }: ValidatorActivity): string =>
  outOf > 0 && signed === 0 ? 'red' : signed * 2 < outOf ? 'yellow' : 'green'

const Row = ({ each }: { readonly each: ValidatorActivity }) => (
  <Text wrap="truncate">
    <Text color={colorOf(each)}>{each.isProposing ? '▶' : '●'}</Text>{' '}
    {printable(each.name).slice(0, NAME_COLUMNS).padEnd(NAME_COLUMNS)}
    <Text dimColor>
      {' '}
      voted {String(each.signed).padStart(2)}/{each.outOf} proposed {String(each.built).padStart(2)}
    </Text>
  </Text>
)

/** Validators, and who voted and proposed in the last blocks; ▶ proposes now. */
export const ValidatorList = ({ activity }: { readonly activity: readonly ValidatorActivity[] }) => (
  <Box flexDirection="column" flexShrink={0}>
    <Text bold>Validators</Text>
    {activity.map((each) => (
      <Row key={each.did} each={each} />
    ))}
  </Box>
)
