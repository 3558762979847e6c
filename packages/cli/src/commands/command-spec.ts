import type { CommandContext } from '../command-context.ts'
import type { ExitCode } from '../exit-code.ts'
import type { JsonValue } from '../format/json-value.ts'
import type { OptionSpec, OptionValues } from '../option-spec.ts'

export type { JsonValue, OptionSpec, OptionValues }

export interface CommandInput {
  /** Positional arguments in order; a variadic one is spread at the end. */
  readonly args: readonly string[]
  readonly options: OptionValues
  /** All commands of the program, for those that tell of them. */
  readonly commands?: readonly CommandSpec[]
}

/** What a command found or did, for scripts and for people. */
export interface CommandResult {
  readonly json: { readonly [key: string]: JsonValue | undefined }
  readonly text: string
  /** When it is not 0 although there is something to print. */
  readonly exitCode?: ExitCode
}

/** Nothing is printed for a command that returns nothing: it has written by itself. */
export type CommandAction = (
  context: CommandContext,
  input: CommandInput,
) => Promise<CommandResult | undefined>

/** A command as it is declared: cheap to import, the code behind it is loaded when it runs. */
export interface CommandSpec {
  /** All its words: `node status`. */
  readonly name: string
  /** Commander's notation: `<required>`, `[optional]`, `<many...>`. */
  readonly arguments?: readonly OptionSpec[]
  readonly summary: string
  /** Further paragraphs of its help. */
  readonly details?: string
  readonly options?: readonly OptionSpec[]
  readonly examples: readonly string[]
  readonly load: () => Promise<CommandAction>
}

export const textOption = (input: CommandInput, name: string): string | undefined => {
  const value = input.options[name]
  return typeof value === 'string' ? value : undefined
}

/** Values of an option that may be repeated or hold a comma-separated list. */
export const listOption = (input: CommandInput, name: string): readonly string[] => {
  const value = input.options[name]
  const values =
    typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly string[]) : []
  return values
    .flatMap((item) => item.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

export const isSet = (input: CommandInput, name: string): boolean => input.options[name] === true
