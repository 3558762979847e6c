import type { Purpose } from '@medchain/core'
import { type CommandInput, textOption } from '../commands/command-spec.ts'
import type { OptionSpec } from '../option-spec.ts'

/** On every command that a guardian may use in a patient's place. */
export const FOR_OPTION: OptionSpec = ['--for <subject>', 'as a guardian: the patient in whose place you act']

/** In whose place the command is to act, as typed. */
export const actedFor = (input: CommandInput): string | undefined => textOption(input, 'for')

/** A guardian asks as the patient would. */
export const usualPurposeFor = (input: CommandInput, usual: Purpose): Purpose =>
  actedFor(input) === undefined ? usual : 'PATRQT'
