import { fail } from '../../command-error.ts'
import { GLOBAL_OPTIONS } from '../../global-options.ts'
import type { CommandAction, CommandSpec, OptionSpec } from '../command-spec.ts'

const flagOf = ([flags]: OptionSpec): string => /--[a-z-]+/.exec(flags)?.[0] ?? ''

/** For each command line so far (`''`, `node`, `node status`) the words that may follow. */
const wordsAfter = (commands: readonly CommandSpec[]): Map<string, readonly string[]> => {
  const table = new Map<string, string[]>()
  const add = (line: string, words: readonly string[]) =>
    table.set(line, [...new Set([...(table.get(line) ?? []), ...words])])
  for (const { name, options = [] } of commands) {
    const words = name.split(' ')
    for (const [depth, word] of words.entries()) add(words.slice(0, depth).join(' '), [word])
    add(name, options.map(flagOf))
  }
  add('', ['help'])
  return table
}

const bash = (table: Map<string, readonly string[]>, globals: string): string => `_medchain() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) line="\${line:+$line }$word" ;; esac
  done
  while :; do
    case "$line" in
${[...table].map(([line, words]) => `      "${line}") words="${words.join(' ')}"; break ;;`).join('\n')}
      *" "*) line="\${line% *}" ;;
      *) break ;;
    esac
  done
  COMPREPLY=($(compgen -W "$words ${globals}" -- "$current"))
}
complete -o default -F _medchain medchain`

const zsh = (table: Map<string, readonly string[]>, globals: string): string =>
  `#compdef medchain
autoload -U +X bashcompinit && bashcompinit
${bash(table, globals)}`

const fish = (commands: readonly CommandSpec[]): string => {
  const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`
  const after = (words: readonly string[]): string =>
    quote(
      words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ') || '__fish_use_subcommand',
    )
  const lines = commands.flatMap(({ name, summary, options = [] }) => {
    const words = name.split(' ')
    return [
      `complete -c medchain -f -n ${after(words.slice(0, -1))} -a ${words.at(-1)} -d ${quote(summary)}`,
      ...options.map(
        (option) =>
          `complete -c medchain -n ${after(words)} -l ${flagOf(option).slice(2)} -d ${quote(option[1])}`,
      ),
    ]
  })
  const groups = new Set(
    commands.flatMap(({ name }) => {
      const words = name.split(' ')
      return words.slice(1).map((_, depth) => words.slice(0, depth + 1).join(' '))
    }),
  )
  return [
    ...[...groups].map((group) => {
      const words = group.split(' ')
      return `complete -c medchain -f -n ${after(words.slice(0, -1))} -a ${words.at(-1)}`
    }),
    ...lines,
    ...GLOBAL_OPTIONS.map(
      (option) => `complete -c medchain -l ${flagOf(option).slice(2)} -d ${quote(option[1])}`,
    ),
  ].join('\n')
}

/** Prints the completion script of a shell. */
export const printCompletion: CommandAction = async (_context, { args: [shell = ''], commands = [] }) => {
  const globals = GLOBAL_OPTIONS.map(flagOf).join(' ')
  const scripts: Readonly<Record<string, () => string>> = {
    bash: () => bash(wordsAfter(commands), globals),
    zsh: () => zsh(wordsAfter(commands), globals),
    fish: () => fish(commands),
  }
  const script = scripts[shell]?.() ?? fail('usage.shell', 'Completion is for bash, zsh or fish.')
  return { json: { shell, script }, text: script }
}
