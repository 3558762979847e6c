import { Command, CommanderError, Option } from 'commander'
import { createCommandContext } from './command-context.ts'
import { CommandError, fail } from './command-error.ts'
import type { CommandInput, CommandSpec, OptionValues } from './commands/command-spec.ts'
import { COMMANDS } from './commands/commands.ts'
import { GROUPS } from './commands/groups.ts'
import { EXIT } from './exit-code.ts'
import { GLOBAL_OPTIONS, readGlobalOptions } from './global-options.ts'
import {
  commandTerm,
  formatHelp,
  type HelpNotes,
  helpWidthOf,
  notesOfGroup,
  PROGRAM_NOTES,
  sentenceOf,
} from './help-text.ts'
import type { Host } from './host.ts'
import { Interrupted } from './passphrase.ts'
import { reportError } from './report-error.ts'
import { VERSION } from './version.ts'

const INTERRUPTED = 130

/** Commander gives `requests approve --sent` to `requests`, to which the option belongs, and says nothing. */
const refuseForeignOptions = (command: Command): void => {
  const { parent } = command
  if (!parent?.parent) return
  const foreign = parent.options.find((option) => parent.getOptionValue(option.attributeName()) !== undefined)
  if (foreign) command.error(`error: unknown option '${foreign.long}'`, { code: 'commander.unknownOption' })
}

const attach = (
  parent: Command,
  spec: CommandSpec,
  word: string,
  run: (result: RunRequest) => void,
): Command => {
  const command = parent.command(word).summary(spec.summary).description(sentenceOf(spec.summary))
  for (const [notation, description] of spec.arguments ?? []) command.argument(notation, description)
  for (const [flags, description] of spec.options ?? []) command.addOption(new Option(flags, description))
  command.action(() => {
    refuseForeignOptions(command)
    const args = command.processedArgs.flat().filter((value) => value !== undefined)
    run({
      spec,
      input: { args: args as string[], options: command.opts<OptionValues>(), commands: COMMANDS },
    })
  })
  return command
}

interface RunRequest {
  readonly spec: CommandSpec
  readonly input: CommandInput
}

/** The commander tree; what is to be run is handed to `run`, not run here. */
export const createProgram = (host: Host, run: (request: RunRequest) => void): Command => {
  const notes = new Map<Command, HelpNotes>()
  const program = new Command('medchain')
    .description('A consortium blockchain for health records: the patient decides who reads.')
    .helpOption('-h, --help', 'how a command is used')
    .helpCommand('help [command]', 'how a command is used')
    .configureHelp({
      minWidthToWrap: 20,
      subcommandTerm: commandTerm,
      formatHelp: (command, helper) => formatHelp(command, helper, notes.get(command) ?? PROGRAM_NOTES),
    })
  for (const [flags, description] of GLOBAL_OPTIONS) program.option(flags, description)
  program.version(VERSION, '--version', 'version of this program')
  const groups = new Map([['', program]])
  const groupOf = (words: readonly string[]): Command => {
    const name = words.join(' ')
    const known = groups.get(name)
    if (known) return known
    const summary = GROUPS[name] ?? ''
    const group = groupOf(words.slice(0, -1))
      .command(words.at(-1) ?? '')
      .summary(summary)
      .description(sentenceOf(summary))
    notes.set(group, notesOfGroup(name, COMMANDS))
    groups.set(name, group)
    return group
  }
  for (const spec of COMMANDS) {
    const words = spec.name.split(' ')
    // A command may also be the first word of others: requests, requests approve.
    const command = attach(groupOf(words.slice(0, -1)), spec, words.at(-1) ?? '', run)
    notes.set(command, spec)
    groups.set(spec.name, command)
  }
  for (const command of [program, ...[...groups.values()].flatMap((group) => group.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      // Commander's own error text is told again in the form of every other error.
      writeErr: () => undefined,
      getOutHelpWidth: () => helpWidthOf(host.stdout.columns),
    })
  }
  return program
}

/** The words of a command line that name a group or a command. */
const wordsOf = (program: Command, [word, ...rest]: readonly string[]): readonly string[] => {
  const command = program.commands.find((each) => each.name() === word)
  return command ? [command.name(), ...wordsOf(command, rest)] : []
}

const usageError = (error: CommanderError, program: Command, argv: readonly string[]): unknown => {
  const message = error.message.replace(/^error: /, '').replace(/\s+/g, ' ')
  const group = wordsOf(program, argv).join(' ')
  if (argv[0] === 'help' && group === '')
    return new CommandError(
      'usage.unknown-command',
      `There is no command “${argv.slice(1).join(' ')}”.`,
      'medchain help lists the commands.',
    )
  const sentence = message === '(outputHelp)' ? `medchain ${group} needs the name of a command` : message
  const help =
    group === '' ? 'medchain help lists the commands.' : `medchain ${group} --help shows how it is used.`
  try {
    return fail(
      `usage.${USAGE[error.code] ?? 'command-line'}`,
      sentence.charAt(0).toUpperCase() + sentence.slice(1),
      help,
    )
  } catch (failure) {
    return failure
  }
}

const USAGE: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'unknown-command',
  'commander.unknownOption': 'unknown-option',
  'commander.missingArgument': 'missing-argument',
  'commander.optionMissingArgument': 'missing-value',
  'commander.excessArguments': 'too-many-arguments',
  'commander.help': 'missing-command',
}

const isHelp = ({ code, exitCode }: CommanderError): boolean =>
  code === 'commander.version' ||
  code === 'commander.helpDisplayed' ||
  (code === 'commander.help' && exitCode === 0)

const execute = async (host: Host, program: Command, { spec, input }: RunRequest): Promise<number> => {
  const context = createCommandContext(host, readGlobalOptions(host, program.opts<OptionValues>()))
  const action = await spec.load()
  const result = await action(context, input)
  if (result === undefined) return EXIT.done
  const { json, text, exitCode = EXIT.done } = result
  const document = { ...json, ...Object.fromEntries(context.marks) }
  if (context.options.isJson) host.stdout.write(`${JSON.stringify(document)}\n`)
  else if (text !== '') host.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  return exitCode
}

/** Runs one command line; the exit code. Every error ends here, as a sentence or as JSON. */
export const runProgram = async (argv: readonly string[], host: Host): Promise<number> => {
  const end = argv.indexOf('--')
  const isJson = (end < 0 ? argv : argv.slice(0, end)).includes('--json')
  const requests: RunRequest[] = []
  const program = createProgram(host, (request) => requests.push(request))
  try {
    if (argv.length === 0) {
      host.stdout.write(program.helpInformation())
      return EXIT.done
    }
    program.parse(argv, { from: 'user' })
    const request = requests[0]
    return request === undefined ? EXIT.done : await execute(host, program, request)
  } catch (error) {
    if (error instanceof Interrupted) return INTERRUPTED
    if (!(error instanceof CommanderError)) return reportError(host, error, isJson, requests[0]?.spec.name)
    return isHelp(error) ? EXIT.done : reportError(host, usageError(error, program, argv), isJson)
  }
}
