import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { drawPassphrase } from '@medchain/node'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { runCommand } from '../run-command.ts'

const NAMES = ['north', 'south', 'city', 'institute']
const folder = await mkdtemp(path.join(tmpdir(), 'medchain-genesis-'))
test.after(() => rm(folder, { recursive: true }))

/** The document of what a command prints with --json. */
const ask = async (...argv: string[]): Promise<Record<string, unknown>> => {
  const { exitCode, out, err } = await runCommand([...argv, '--json'])
  equal(exitCode, 0, err)
  return JSON.parse(out) as Record<string, unknown>
}

const makeMember = async (name: string): Promise<string> => {
  const passphrase = path.join(folder, `${name}.passphrase`)
  await writeFile(passphrase, drawPassphrase(), { mode: 0o600 })
  const home = path.join(folder, name)
  const places = ['--listen', '/ip4/127.0.0.1/tcp/7840', '--api', '127.0.0.1:7740']
  const who = ['--name', name, '--role', 'hospital', '--passphrase-file', passphrase, '--home', home]
  return (await ask('node', 'init', ...who, ...places))['memberFile'] as string
}

test('a founding document shows the fingerprint and the institutions with which it was made', async () => {
  const files: string[] = []
  for (const name of NAMES) files.push(await makeMember(name))
  const file = path.join(folder, 'genesis.json')
  const made = await ask('node', 'genesis', ...files.flatMap((each) => ['--member', each]), '--out', file)
  equal(await ask('node', 'genesis', '--check', file), made)
  const { out } = await runCommand(['node', 'genesis', '--check', file])
  for (const each of [...NAMES, made['fingerprint'] as string]) ok(out.includes(each), out)
})

test('a document that is missing or damaged is said to be so', async () => {
  const none = await runCommand(['node', 'genesis', '--check', path.join(folder, 'none.json')])
  match(none.err, /\[genesis\.\w+\]/)
  const file = path.join(folder, 'damaged.json')
  await writeFile(file, '{"format":')
  const damaged = await runCommand(['node', 'genesis', '--check', file])
  match(damaged.err, /\[genesis\.damaged\]/)
  equal(damaged.out, '')
})

test.run()
