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

const LABEL_COLUMNS = 24
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
  return (
    <Box flexDirection="column">
      {choices.slice(start, start + ROWS_MAX).map(({ value, label, about, isChosen, isMarked }, row) => {
        const isHere = start + row === cursor
        const box = isChosen === undefined ? '' : isChosen ? '[x] ' : '[ ] '
        return (
          <Text key={value} wrap="truncate" {...(isHere && { color: 'cyan' })}>
            {isHere ? '❯' : ' '} {box}
            <Text {...(isMarked && { color: 'yellow' })}>{printable(label).padEnd(LABEL_COLUMNS)}</Text>
            <Text dimColor> {printable(about)}</Text>
          </Text>
        )
      })}
    </Box>
  )
}
