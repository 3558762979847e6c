import { ProgressBar, Spinner } from '@inkjs/ui'
import { Box, render, Text } from 'ink'
import type { Host } from '../host.ts'
import type { Progress } from '../progress.ts'

interface ProgressState {
  readonly label: string
  readonly done: number | undefined
  readonly total: number | undefined
}

const BAR_COLUMNS = 28

export const ProgressView = ({ label, done, total }: ProgressState) => {
  if (done === undefined || total === undefined || total === 0) return <Spinner label={label} />
  return (
    <Box gap={1}>
      <Text>{label}</Text>
      <Box width={BAR_COLUMNS}>
        <ProgressBar value={Math.min(100, (100 * done) / total)} />
      </Box>
      <Text dimColor>
        {done}/{total}
      </Text>
    </Box>
  )
}

export const showProgress = (host: Host, label: string): Progress => {
  let state: ProgressState = { label, done: undefined, total: undefined }
  const stream = host.stderr as unknown as NodeJS.WriteStream
  const screen = render(<ProgressView {...state} />, { stdout: stream, patchConsole: false })
  return {
    update: (change) => {
      state = { ...state, ...change }
      screen.rerender(<ProgressView {...state} />)
    },
    stop: () => {
      screen.clear()
      screen.unmount()
    },
  }
}
