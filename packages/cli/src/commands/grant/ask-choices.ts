import type { CommandContext } from '../../command-context.ts'
import type { CommandInput } from '../command-spec.ts'
import type { GrantChoices } from './grant-choices.ts'

export const askChoices = async (
  _context: CommandContext,
  _input: CommandInput,
): Promise<GrantChoices | undefined> => undefined
