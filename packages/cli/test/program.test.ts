import { test } from 'uvu'
import { equal, match, not, ok } from 'uvu/assert'
import { COMMANDS } from '../src/commands/commands.ts'
import { runCommand } from './run-command.ts'

test('without a command the help is shown', async () => {
  const { exitCode, out } = await runCommand([])
  equal(exitCode, 0)
  match(out, /Usage: medchain/)
})

test('every command has a help with an example', async () => {
  for (const { name } of COMMANDS) {
    const { exitCode, out, err } = await runCommand([...name.split(' '), '--help'])
    equal(exitCode, 0, name)
    equal(err, '', name)
    match(out, new RegExp(`Usage: medchain ${name}`), name)
    match(out, /Examples?:\n {2}\$ /, name)
    match(out, /--json/, name)
  }
})

test('help fits the terminal, and no word is cut', async () => {
  const names = [
    '',
    'requests',
    'requests approve',
    'node',
    'member propose',
    ...COMMANDS.map(({ name }) => name),
  ]
  for (const columns of [60, 80, 200])
    for (const name of names) {
      const argv = [...name.split(' ').filter(Boolean), '--help']
      const { out } = await runCommand(argv, { columns })
      const tooLong = out.split('\n').filter((line) => line.length > Math.min(columns, 100))
      // An example breaks before an option only, so that it can be pasted; a single word cannot break.
      const mayBeLong = (line: string) => /^( {2}\$ | {6}--)/.test(line) || !/\s/.test(line.trim())
      equal(
        tooLong.filter((line) => !mayBeLong(line)),
        [],
        name,
      )
    }
})

test('groups show examples and exit codes; an option of a group is none of its commands', async () => {
  for (const name of ['', 'node', 'consent', 'emergency', 'member propose']) {
    const { out } = await runCommand([...name.split(' ').filter(Boolean), '--help'])
    match(out, /Examples:\n {2}\$ medchain /, name)
    match(out, /Exit codes:\n {2}0 done/, name)
  }
  const { out } = await runCommand(['requests', 'approve', '--help'])
  not.match(out, /--sent|--blocked/)
  match(out, /Exit codes:/)
  match((await runCommand(['requests', 'approve', 'k3qf7', '--sent'])).err, /usage\.unknown-option/)
})

test('every command stands under a heading', async () => {
  const { out } = await runCommand(['--help'])
  for (const word of new Set(COMMANDS.map(({ name }) => name.split(' ')[0])))
    match(out, new RegExp(`^  ${word}( |$)`, 'm'), word)
})

test('help for a command by its name', async () => {
  match((await runCommand(['help', 'completion'])).out, /Usage: medchain completion/)
})

const wrongUse: readonly (readonly [string[], string])[] = [
  [['completion'], 'usage.missing-argument'],
  [['completion', 'bash', 'zsh'], 'usage.too-many-arguments'],
  [['completion', 'bash', '--foo'], 'usage.unknown-option'],
  [['completion', 'tcsh'], 'usage.shell'],
  [['completion', 'bash', '--limit', 'x'], 'usage.limit'],
  [['no-such-command'], 'usage.unknown-command'],
]

test('wrong usage is exit 2 with a sentence, the code and the next step', async () => {
  for (const [argv, code] of wrongUse) {
    const people = await runCommand(argv)
    equal(people.exitCode, 2, argv.join(' '))
    equal(people.out, '')
    match(people.err, new RegExp(`^[A-Z“–-][^\\n]*\\. \\[${code}\\]\\n[^\\n]+\\n$`), argv.join(' '))
    const scripts = await runCommand([...argv, '--json'])
    equal(scripts.exitCode, 2)
    equal(scripts.err, '')
    const { error } = JSON.parse(scripts.out)
    equal(error.code, code)
    ok(error.message.endsWith('.') && typeof error.hint === 'string')
  }
})

test('completion scripts name every command', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out, exitCode } = await runCommand(['completion', shell])
    equal(exitCode, 0)
    for (const { name } of COMMANDS) ok(out.includes(name.split(' ').at(-1) ?? ''), `${shell}: ${name}`)
  }
})

test('an unforeseen error is one sentence without a stack', async () => {
  const { err, exitCode } = await runCommand(['node', 'status'], { env: { MEDCHAIN_HOME: '/dev/null/x' } })
  ok(exitCode > 0)
  not.match(err, /\n\s+at /)
})

test.run()
