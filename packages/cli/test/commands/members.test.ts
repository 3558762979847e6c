import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { didFromAccountId, institutionIdOf, unwrap } from '@medchain/core'
import { createGenesis, initNodeHome, nodePaths, readNodeKeys } from '@medchain/node'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { type CommandRun, runCommand } from '../run-command.ts'
import { createSampleChain } from '../sample/sample-chain.ts'
import { type SampleNode, startSampleNode } from '../sample/sample-node.ts'

const PASSPHRASE = 'a good passphrase'
const NAMES = ['North Hospital', 'South Hospital', 'City Laboratory', 'Institute', 'East Hospital']
const HOUR_MS = 3_600_000

interface Scene {
  readonly node: SampleNode
  readonly homes: readonly string[]
  readonly dids: readonly string[]
  /** Block time, which is the commands' clock too. */
  timeMs: number
}

const folder = await mkdtemp(path.join(tmpdir(), 'medchain-members-'))
const passphraseFile = path.join(folder, 'passphrase')
await writeFile(passphraseFile, PASSPHRASE, { mode: 0o600 })

/** Four institutions, and the home of a fifth. */
const begin = async (): Promise<Scene> => {
  const made = await Promise.all(
    NAMES.map(async (name, index) => {
      const home = path.join(folder, String(index))
      const listen = ['/ip4/127.0.0.1/tcp/7840']
      const settings = { passphraseFile }
      const place = { home, name, listen, settings, passphrase: PASSPHRASE, api: '127.0.0.1:7740' }
      const { member, memberFile } = unwrap(
        await initNodeHome({ ...place, role: 'hospital', isValidator: true }),
      )
      await writeFile(path.join(home, 'member.json'), memberFile)
      return { home, member, keys: unwrap(await readNodeKeys(nodePaths(home), PASSPHRASE)) }
    }),
  )
  const founders = made.slice(0, 4)
  const scene = {
    timeMs: Date.parse('2026-11-21T12:00:00Z'),
    homes: made.map(({ home }) => home),
    dids: made.map(({ member }) => didFromAccountId(institutionIdOf(member))),
  }
  const members = founders.map(({ member }) => member)
  const genesis = unwrap(createGenesis(members, { name: 'sample', timeMs: scene.timeMs - 1000 }))
  const seeds = founders.map(({ keys }) => keys.signingSeed)
  const votingSeeds = founders.map(({ keys }) => keys.votingSeed)
  const chain = createSampleChain(() => scene.timeMs, { genesis, seeds, votingSeeds })
  return Object.assign(scene, { node: await startSampleNode(chain) })
}

const scene = await begin()

test.after(async () => {
  await scene.node.close()
  await rm(folder, { recursive: true })
})

const as = (index: number, ...argv: string[]): Promise<CommandRun> =>
  runCommand(['member', ...argv], {
    env: { MEDCHAIN_HOME: scene.homes[index] ?? '', MEDCHAIN_NODE: scene.node.url },
    nowMs: scene.timeMs,
  })

const jsonOf = async <T>(running: Promise<CommandRun>): Promise<T> => {
  const { exitCode, out, err } = await running
  equal(exitCode, 0, `${out}${err}`)
  return JSON.parse(out) as T
}

interface Opened {
  readonly proposal: string
  readonly needed: number
  readonly txId: string
}

const fileOf = (index: number): string => path.join(scene.homes[index] ?? '', 'member.json')

test('mistakes are one sentence, a code and a next step, before any key is asked for', async () => {
  const mistakes: readonly (readonly [string[], number, RegExp])[] = [
    [['propose'], 2, /^Medchain member propose needs the name of a command\. \[usage\.missing-command\]\n/],
    [['propose', 'add'], 2, /missing-argument/],
    [['propose', 'add', '/no/such/file'], 4, /^There is no \/no\/such\/file\. \[file\.not-found\]/],
    [['propose', 'add', passphraseFile], 6, /\[genesis\.damaged\]/],
    [['propose', 'remove', 'West Hospital'], 4, /“West Hospital”\. \[governance\.unknown-member\]/],
    [['propose', 'params'], 2, /--block-interval-ms, --heartbeat-ms, .* \[usage\.missing-option\]/],
    [
      ['propose', 'params', '--heartbeat-ms', '1s'],
      2,
      /--heartbeat-ms is a whole number\. \[usage\.number\]/,
    ],
    [['propose', 'protocol', 'two', '--at-height', '9'], 2, /VERSION is a whole number\. \[usage\.number\]/],
    [['propose', 'protocol', '2'], 2, /--at-height N is needed/],
    [['propose', 'protocol', '2', '--at-height', '0'], 2, /height 0 already.* \[usage\.height\]/],
    [['vote', 'abc', '--approve'], 2, /“abc” is not the id of a proposal\. \[usage\.proposal\]/],
    [['vote', 'a'.repeat(52)], 2, /either --approve or --reject\. \[usage\.vote\]/],
    [['vote', 'a'.repeat(52), '--approve'], 4, /\[governance\.unknown-proposal\]/],
  ]
  for (const [argv, exitCode, expected] of mistakes) {
    const run = await as(0, ...argv)
    equal(run.exitCode, exitCode, `${argv.join(' ')}: ${run.err}`)
    match(run.err, expected)
    ok(run.err.split('\n').length <= 3, run.err)
  }
  const nowhere = await runCommand(['member', 'propose', 'add', fileOf(4)], {
    env: { MEDCHAIN_HOME: path.join(folder, 'person'), MEDCHAIN_NODE: scene.node.url },
  })
  equal(nowhere.exitCode, 2)
  match(nowhere.err, /holds no node\. \[config\.missing\]/)
})

test('an institution proposes, two more approve, and it passes', async () => {
  const { needed, proposal, txId } = await jsonOf<Opened>(as(0, 'propose', 'add', fileOf(4), '--json'))
  equal([needed, proposal], [3, txId])
  match((await as(1, 'proposals')).out, /add East Hospital as a validator +North Hospital +1 of 3 +0 +open/)

  const second = await as(1, 'vote', proposal, '--approve')
  equal(second.out, 'Approved: add East Hospital as a validator.\n2 for, 0 against; 3 of 4 are needed.\n')
  const again = await as(1, 'vote', proposal, '--reject')
  equal(again.exitCode, 1)
  match(again.err, /a vote is final\. \[governance\.already-voted\]/)
  const third = await as(2, 'vote', proposal, '--approve')
  match(
    third.out,
    /3 for, 0 against; 3 of 4 are needed\. It passed\.\nEast Hospital becomes a validator once/,
  )
  const late = await as(3, 'vote', proposal, '--approve')
  match(late.err, /\[governance\.proposal-closed\]/)

  equal((await as(0, 'proposals')).out.split('\n')[0], 'No proposal is open.')
  const { proposals, pending } = await jsonOf<{
    proposals: { outcome: string; approvals: string[]; action: { member: { did: string } } }[]
    pending: { type: string; member: string }
  }>(as(0, 'proposals', '--all', '--json'))
  equal(proposals[0]?.outcome, 'passed')
  equal(proposals[0]?.approvals, scene.dids.slice(0, 3))
  equal(proposals[0]?.action.member.did, scene.dids[4])
  equal([pending.type, pending.member], ['candidate', scene.dids[4]])
})

test('what the rules refuse is said as they say it', async () => {
  const few = await as(0, 'propose', 'remove', 'South Hospital')
  equal(few.exitCode, 1)
  match(few.err, /At least four validators .* \[governance\.too-few-validators\]/)
  const same = await as(0, 'propose', 'params', '--heartbeat-ms', '5000')
  equal(same.exitCode, 2)
  match(same.err, /in force already\. \[governance\.no-effect\]/)
  const wild = await as(0, 'propose', 'params', '--heartbeat-ms', '10')
  equal(wild.exitCode, 2)
  match(wild.err, /\[governance\.bad-parameters\]/)
  const stranger = await as(4, 'propose', 'params', '--heartbeat-ms', '7000')
  equal(stranger.exitCode, 3)
  match(stranger.err, /\[governance\.not-validator\]/)
  const version = await as(0, 'propose', 'protocol', '7', '--at-height', '900')
  equal(version.exitCode, 2)
  match(version.err, /\[governance\.wrong-version\]/)
})

test('while a candidate is awaited no other change passes', async () => {
  const { proposal } = await jsonOf<Opened>(as(0, 'propose', 'params', '--heartbeat-ms', '7000', '--json'))
  match((await as(0, 'propose', 'protocol', '2', '--at-height', '900')).err, /\[governance\.proposal-open\]/)
  await as(1, 'vote', proposal, '--approve')
  const last = await as(2, 'vote', proposal, '--approve')
  match(last.err, /^Another change is under way; .* \[governance\.change-pending\]\n/)
  match((await as(2, 'proposals')).out, /a heartbeat every 7000 ms.* 2 of 3 +0 +open/)
})

test('what nobody decides within a day expires', async () => {
  const before = await jsonOf<{ proposals: { id: string }[] }>(as(1, 'proposals', '--json'))
  const id = before.proposals[0]?.id ?? ''
  scene.timeMs += 25 * HOUR_MS
  const late = await as(2, 'vote', id, '--approve')
  equal(late.exitCode, 1)
  match(late.err, /expired.* \[governance\.proposal-expired\]/)
  equal((await as(1, 'proposals')).out.split('\n')[0], 'No proposal is open.')
  match((await as(1, 'proposals', '--all')).out, / expired /)
})

test('rejections that leave no majority end a vote; that this program does not know the version was said', async () => {
  const run = await as(1, 'propose', 'protocol', '2', '--at-height', '900', '--json')
  equal(run.exitCode, 0)
  match(run.err, /does not know protocol version 2: .* ends before height 900\.\n/)
  const { proposal } = JSON.parse(run.out) as Opened
  match((await as(2, 'vote', proposal, '--reject')).out, /^Rejected: protocol version 2 from height 900 on\./)
  match((await as(3, 'vote', proposal, '--reject')).out, /1 for, 2 against; 3 of 4 are needed\. It failed\./)
})

test.run()
