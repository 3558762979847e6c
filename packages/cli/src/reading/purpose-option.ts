import { isPurpose, PURPOSES, type Purpose } from '@medchain/core'
import { fail } from '../command-error.ts'
import { type CommandInput, textOption } from '../commands/command-spec.ts'

/** What `--purpose` names; `usage.purpose` for a word that is no purpose of use. */
export const purposeOption = <T extends Purpose | undefined>(
  input: CommandInput,
  fallback: T,
): Purpose | T => {
  const typed = textOption(input, 'purpose')?.toUpperCase()
  if (typed === undefined) return fallback
  return isPurpose(typed) ? typed : fail('usage.purpose', `A purpose is one of ${PURPOSES.join(', ')}.`)
}
