import { Box, Text } from 'ink'
import { printable } from '../format/printable.ts'

export interface Choice {
  readonly value: string
  readonly label: string
  readonly about: string
  /** Undefined where only one can be chosen. */
  readonly isChosen?: boolean
  readonly isMarked?: boolean
}

const LABEL_COLUMNS_MAX = 30
const ROWS_MAX = 14

/** Rows to move through; with boxes where several can be chosen. */
export const ChoiceList = ({
  choices,
  cursor,
}: {
  readonly choices: readonly Choice[]
  readonly cursor: number
}) => {
  const start = Math.max(0, Math.min(cursor - Math.floor(ROWS_MAX / 2), choices.length - ROWS_MAX))
  const longest = Math.max(0, ...choices.map(({ label }) => [...printable(label)].length))
  const labelColumns = Math.min(longest, LABEL_COLUMNS_MAX)
  return (
    <Box flexDirection="column">
      {choices.slice(start, start + ROWS_MAX).map(({ value, label, about, isChosen, isMarked }, row) => {
        const isHere = start + row === cursor
        const box = isChosen === undefined ? '' : isChosen ? '[x] ' : '[ ] '
        return (
          <Box key={value} columnGap={2}>
            <Box flexShrink={0} width={2 + box.length + labelColumns}>
              <Text {...(isHere && { color: 'cyan' })}>
                {isHere ? '❯' : ' '} {box}
                <Text {...(isMarked && { color: 'yellow' })}>{printable(label)}</Text>
              </Text>
            </Box>
            <Text dimColor>{printable(about)}</Text>
          </Box>
        )
      })}
    </Box>
  )
}
