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
    const [first = '', second] = name.split(' ')
    add('', [first])
    if (second !== undefined) add(first, [second])
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
  const lines = commands.flatMap(({ name, summary, options = [] }) => {
    const words = name.split(' ')
    const seen = words
      .slice(0, -1)
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')
    const when = seen === '' ? '__fish_use_subcommand' : seen
    const after = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
    return [
      `complete -c medchain -f -n ${quote(when)} -a ${words.at(-1)} -d ${quote(summary)}`,
      ...options.map(
        (option) =>
          `complete -c medchain -n ${quote(after)} -l ${flagOf(option).slice(2)} -d ${quote(option[1])}`,
      ),
    ]
  })
  const groups = [
    ...new Set(commands.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0])),
  ]
  return [
    ...groups.map((group) => `complete -c medchain -f -n __fish_use_subcommand -a ${group}`),
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
