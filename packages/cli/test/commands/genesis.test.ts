import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { networkIdOf, unwrap } from '@medchain/core'
import { createGenesis, fingerprintOf, writeGenesisFile } from '@medchain/node'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { generateNodeKeys, memberFromKeys } from '../../../node/src/config/node-keys.ts'
import { runCommand } from '../run-command.ts'

const members = ['North Hospital', 'South Hospital', 'City Laboratory', 'Institute'].map((name) =>
  memberFromKeys(generateNodeKeys(), { name, role: 'hospital', addresses: [], isValidator: true }),
)
const genesis = unwrap(createGenesis(members, { name: 'sample', timeMs: 1000 }))

const folder = await mkdtemp(path.join(tmpdir(), 'medchain-genesis-'))
test.after(() => rm(folder, { recursive: true }))

test('shows the fingerprint and the institutions of a founding document, and writes nothing', async () => {
  const file = path.join(folder, 'genesis.json')
  unwrap(await writeGenesisFile(file, genesis))
  const text = await runCommand(['node', 'genesis', '--check', file])
  equal(text.exitCode, 0, text.err)
  for (const { name } of members) ok(text.out.includes(name), text.out)
  const told = await runCommand(['node', 'genesis', '--check', file, '--json'])
  const { fingerprint } = JSON.parse(told.out) as { fingerprint: string }
  ok(text.out.includes(fingerprint))
  equal(fingerprint, fingerprintOf(networkIdOf(genesis)))
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
