import type { CommandContext } from '../command-context.ts'
import type { ExitCode } from '../exit-code.ts'

/** Commander's flags and what they mean, e.g. `['--until <when>', 'when it ends']`. */
export type OptionSpec = readonly [flags: string, description: string]

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export interface CommandInput {
  /** Positional arguments in order; a variadic one is spread at the end. */
  readonly args: readonly string[]
  readonly options: OptionValues
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

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
