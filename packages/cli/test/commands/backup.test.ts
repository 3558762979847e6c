import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { unwrap } from '@medchain/core'
import { createLocalNetwork } from '@medchain/node'
import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { runCommand } from '../run-command.ts'

const dir = await mkdtemp(path.join(tmpdir(), 'medchain-backup-command-'))
const network = unwrap(
  await createLocalNetwork({ dir: path.join(dir, 'net'), validators: 4, basePort: 7000 }),
)
const home = network.nodes[0]?.home ?? ''
const file = path.join(dir, 'home.tar')
const restored = path.join(dir, 'restored')

test.after(() => rm(dir, { recursive: true }))

const run = (at: string, ...argv: string[]) =>
  runCommand([...argv, '--home', at], { env: {}, nowMs: 1_800_000_000_000 })

test('node backup writes a file and says what it holds; it replaces nothing', async () => {
  const done = await run(home, 'node', 'backup', file)
  equal([done.exitCode, done.err], [0, ''])
  match(done.out, 'keep it apart from the passphrase')
  const again = await run(home, 'node', 'backup', file, '--json')
  equal([again.exitCode, JSON.parse(again.out).error.code], [1, 'backup.exists'])
})

test('node restore fills no home that was not named', async () => {
  const { exitCode, out } = await runCommand(['node', 'restore', file, '--json'], { env: {} })
  equal([exitCode, JSON.parse(out).error.code], [2, 'usage.missing-option'])
  const named = await runCommand(['node', 'restore', `${file}.no`, '--json'], {
    env: { MEDCHAIN_HOME: restored },
  })
  equal(JSON.parse(named.out).error.code, 'backup.missing')
})

test('node restore makes the home again and names its network; a damaged backup is refused', async () => {
  const { fingerprint } = network
  const done = await run(restored, 'node', 'restore', file, '--fingerprint', fingerprint, '--json')
  equal(done.exitCode, 0, done.out)
  const told = JSON.parse(done.out)
  equal([told.fingerprint, told.institutionName], [fingerprint, 'north-hospital'])
  equal((await readdir(restored)).sort(), ['node', 'node.json'])
  const taken = await run(restored, 'node', 'restore', file, '--json')
  equal([taken.exitCode, JSON.parse(taken.out).error.code], [1, 'backup.home-taken'])
  const bytes = await readFile(file)
  const at = bytes.indexOf('MCKS') > 0 ? bytes.indexOf('MCKS') : bytes.indexOf('node.keystore') + 600
  bytes[at] = (bytes[at] as number) ^ 1
  await writeFile(path.join(dir, 'changed.tar'), bytes)
  const refused = await run(
    path.join(dir, 'other'),
    'node',
    'restore',
    path.join(dir, 'changed.tar'),
    '--json',
  )
  equal([refused.exitCode, JSON.parse(refused.out).error.code], [6, 'backup.damaged'])
  equal((await readdir(dir)).includes('other'), false)
})

test('node retire destroys nothing unasked, and then the vault and nothing else', async () => {
  const vault = path.join(restored, 'node', 'vault')
  await mkdir(vault, { recursive: true })
  await writeFile(path.join(vault, 'kept'), 'a value')
  const unasked = await run(restored, 'node', 'retire', '--json')
  equal([unasked.exitCode, JSON.parse(unasked.out).error.code], [2, 'usage.unconfirmed'])
  equal((await readdir(vault)).includes('kept'), true)
  const done = await run(restored, 'node', 'retire', '--yes', '--json')
  equal([done.exitCode, JSON.parse(done.out).files > 0], [0, true])
  equal((await readdir(path.join(restored, 'node'))).includes('vault'), false)
  equal((await readdir(restored)).includes('node.json'), true)
})

test('node recover explains a new home and a wrong clock', async () => {
  const report = await run(restored, 'node', 'recover', '--json')
  equal(report.exitCode, 0)
  equal(JSON.parse(report.out).situations[0].code, 'recovery.memory-lost')
  const { exitCode, out } = await run(restored, 'node', 'recover')
  equal(exitCode, 0)
  match(out, 'Nothing is to be done')
})

test.run()
