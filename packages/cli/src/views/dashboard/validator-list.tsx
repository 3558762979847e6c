import { Box, Text } from 'ink'
import { fit } from '../../format/fit.ts'
import { printable } from '../../format/printable.ts'
import type { ValidatorActivity } from './dashboard-state.ts'
import { shownOf } from './shown-rows.ts'

const NAME_COLUMNS = 22

const colorOf = ({ signed, outOf }: ValidatorActivity): string =>
  outOf > 0 && signed === 0 ? 'red' : signed * 2 < outOf ? 'yellow' : 'green'

const Row = ({ each }: { readonly each: ValidatorActivity }) => (
  <Text wrap="truncate">
    <Text color={colorOf(each)}>{each.isProposing ? '▶' : '●'}</Text>{' '}
    {fit(printable(each.name), NAME_COLUMNS)}
    <Text dimColor>
      {' '}
      voted {String(each.signed).padStart(2)}/{each.outOf} proposed {String(each.built).padStart(2)}
    </Text>
  </Text>
)

/** Validators, and who voted and proposed in the last blocks; ▶ proposes now. */
export const ValidatorList = ({
  activity,
  rows,
}: {
  readonly activity: readonly ValidatorActivity[]
  readonly rows: number
}) => {
  const { shown, more } = shownOf(activity, rows)
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text bold>Validators</Text>
      {shown.map((each) => (
        <Row key={each.did} each={each} />
      ))}
      {more > 0 ? <Text dimColor>… and {more} more</Text> : null}
    </Box>
  )
}
