import type { CommandAction } from '../command-spec.ts'
import { showStatus } from './status.ts'

export const watchNode: CommandAction = (context, input) => showStatus(context, input)
