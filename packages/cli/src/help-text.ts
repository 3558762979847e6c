import type { Command, Help } from 'commander'
import type { CommandSpec } from './commands/command-spec.ts'
import { HEADINGS } from './commands/groups.ts'

const WIDTH_MAX = 100
/** Below this a description goes under its term, not beside it. */
const BESIDE_MIN = 24
const EXIT_CODES =
  '0 done, 1 failed, 2 wrong usage, 3 denied, 4 not found, 5 node not reachable or not ready, 6 integrity broken, ' +
  '7 busy, 8 partly done. docs/errors.md lists every error code.'
const GROUP_EXAMPLES_MAX = 4

/** What the help of a command or of a group tells beside its options. */
export interface HelpNotes {
  readonly details?: string | undefined
  readonly examples: readonly string[]
}

export const PROGRAM_NOTES: HelpNotes = {
  details: 'medchain help COMMAND shows how a command is used.',
  examples: [
    'medchain id create maria --role patient',
    'medchain register --as maria',
    'medchain grant dr-lopez --compartment laboratory --until 30d',
    'medchain audit --verify',
  ],
}

/** A group shows the first example of its first commands, which stand in the order in which one needs them. */
export const notesOfGroup = (name: string, commands: readonly CommandSpec[]): HelpNotes => ({
  examples: commands
    .filter((spec) => spec.name.startsWith(`${name} `))
    .flatMap(({ examples }) => examples.slice(0, 1))
    .slice(0, GROUP_EXAMPLES_MAX),
})

export const sentenceOf = (summary: string): string =>
  `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${summary.endsWith('.') ? '' : '.'}`

/** Lines of at most `width`, broken before an option, so that the command can still be pasted. */
const exampleText = (example: string, width: number): string => {
  const lines: string[] = []
  for (const part of `$ ${example}`.split(/ (?=--)/)) {
    const last = lines.at(-1)
    const joined = last === undefined ? part : `${last} ${part}`
    // Two columns of margin, two for the backslash.
    if (last === undefined || joined.length + 4 <= width) lines[Math.max(0, lines.length - 1)] = joined
    else lines.push(`    ${part}`)
  }
  return lines.map((line) => `  ${line}`).join(' \\\n')
}

const indented = (text: string, columns: number): string => text.replace(/^/gm, ' '.repeat(columns))

const itemText = (
  helper: Help,
  termWidth: number,
  [term, description]: readonly [string, string],
): string => {
  const width = helper.helpWidth ?? 80
  if (description === '') return `  ${term}`
  const beside = width - termWidth - 4
  if (beside < BESIDE_MIN) return `  ${term}\n${indented(helper.boxWrap(description, width - 6), 6)}`
  const [first = '', ...rest] = helper.boxWrap(description, beside).split('\n')
  return [
    `  ${term.padEnd(termWidth)}  ${first}`,
    ...rest.map((line) => `${' '.repeat(termWidth + 4)}${line}`),
  ].join('\n')
}

type Items = readonly (readonly [term: string, description: string])[]

const ownOptions = (command: Command, helper: Help): Items =>
  helper
    .visibleOptions(command)
    .filter((option) => command.parent !== null || option.long === '--help')
    .map((option) => [helper.optionTerm(option), helper.optionDescription(option)])

/** Only those of the program: the options of `requests` are none of `requests approve`. */
const globalOptions = (program: Command, helper: Help): Items =>
  helper
    .visibleOptions(program)
    .filter(({ long }) => long !== '--help')
    .map((option) => [helper.optionTerm(option), helper.optionDescription(option)])

const rootOf = (command: Command): Command => (command.parent ? rootOf(command.parent) : command)

const commandItem = (helper: Help, command: Command): Items[number] => [
  helper.subcommandTerm(command),
  helper.subcommandDescription(command),
]

const commandLists = (command: Command, helper: Help): readonly (readonly [string, Items])[] => {
  const all = helper.visibleCommands(command)
  if (command.parent !== null)
    return [
      ['Commands:', all.filter((each) => each.name() !== 'help').map((each) => commandItem(helper, each))],
    ]
  return HEADINGS.map(([heading, words]) => [
    `${heading}:`,
    words
      .flatMap((word) => all.filter((each) => each.name() === word))
      .map((each) => commandItem(helper, each)),
  ])
}

/** The help of a command: what it does, how it is called, examples, exit codes, and last what all commands share. */
export const formatHelp = (command: Command, helper: Help, notes: HelpNotes): string => {
  const width = helper.helpWidth ?? 80
  const lists: (readonly [string, Items])[] = [
    ...commandLists(command, helper),
    [
      'Arguments:',
      helper
        .visibleArguments(command)
        .map((each) => [helper.argumentTerm(each), helper.argumentDescription(each)] as const),
    ],
    ['Options:', ownOptions(command, helper)],
  ]
  const shared = ['Options of every command:', globalOptions(rootOf(command), helper)] as const
  const longest = Math.max(...[...lists, shared].flatMap(([, items]) => items.map(([term]) => term.length)))
  const listText = ([heading, items]: readonly [string, Items]): string =>
    [heading, ...items.map((item) => itemText(helper, longest, item))].join('\n')
  const sections = [
    helper.boxWrap(`Usage: ${helper.commandUsage(command)}`, width),
    helper.boxWrap(helper.commandDescription(command), width),
    ...(notes.details === undefined ? [] : [helper.boxWrap(notes.details, width)]),
    ...lists.filter(([, items]) => items.length > 0).map(listText),
    `${notes.examples.length > 1 ? 'Examples' : 'Example'}:\n${notes.examples
      .map((example) => exampleText(example, width))
      .join('\n')}`,
    `Exit codes:\n${indented(helper.boxWrap(EXIT_CODES, width - 2), 2)}`,
    listText(shared),
  ]
  return `${sections.join('\n\n')}\n`
}

/** What heads a command in a list: its name and arguments. */
export const commandTerm = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments.map((argument) => {
      const name = `${argument.name()}${argument.variadic ? '...' : ''}`
      return argument.required ? `<${name}>` : `[${name}]`
    }),
  ].join(' ')

export const helpWidthOf = (columns: number | undefined): number => Math.min(columns ?? 80, WIDTH_MAX)
