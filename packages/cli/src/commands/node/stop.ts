import type { CommandAction } from '../command-spec.ts'
import { stopDaemon } from './node-process.ts'

const SENTENCES = {
  stopped: 'The daemon has ended.',
  killed: 'The daemon did not end within 20 s and was killed; it recovers at its next start.',
  'not-running': 'No daemon runs on this home.',
}

/** Ends the daemon of this home. */
export const stopNode: CommandAction = async ({ options }) => {
  const outcome = await stopDaemon(options.home)
  return { json: { home: options.home, outcome }, text: SENTENCES[outcome] }
}
