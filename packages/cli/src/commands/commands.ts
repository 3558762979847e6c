import type { CommandSpec } from './command-spec.ts'
import { shellCommands } from './shell/group.ts'

/** Every command of the program; one line a noun. */
export const COMMANDS: readonly CommandSpec[] = [...shellCommands]
