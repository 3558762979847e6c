// timeout: 600s
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  batches,
  bytesFromBase32,
  equalBytes,
  holdersOf,
  institutionsIn,
  type ReadView,
  splitRecordId,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { startConsortium } from './local-consortium.ts'
import { type Lie, lieAbout, startLyingProxy } from './lying-proxy.ts'

const NORTH = 0
const SOUTH = 1
const HOUR_MS = 3_600_000

const consortium = await startConsortium()
const { folder, enrol } = consortium
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const maria = await enrol('maria', 'patient', NORTH)
const file = path.join(folder, 'condition.json')
await writeFile(file, '{"resourceType":"Condition","id":"c1","code":{"text":"Asthma"}}')
await clinician.ask('record', 'import', file, '--subject', maria.did)
await maria.ask('grant', doctor.did, '--compartment', 'general', '--until', '30d')
const { records } = await maria.ask<{ records: { id: string }[] }>('records')
const record = records[0]?.id ?? ''
await doctor.ask('record', 'show', record)
const proxy = await startLyingProxy(consortium.apiUrls[NORTH] ?? '')

test.after(async () => {
  await proxy.close()
  await consortium.close()
})

interface Failure {
  readonly exitCode: number
  readonly code: string
  readonly message: string
}

const failureOf = async (...argv: string[]): Promise<Failure> => {
  const { exitCode, out } = await maria.run(...argv, '--node', proxy.url, '--json')
  const { error } = JSON.parse(out) as { error?: { code: string; message: string } }
  return { exitCode, code: error?.code ?? 'believed', message: error?.message ?? out }
}

type Entries = { value: string | null; proof: string }[]

const entriesOf = (answer: Record<string, unknown>) => answer['entries'] as Entries

const flippedText = (text: string): string => {
  const bytes = Buffer.from(text, 'base64')
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  return bytes.toString('base64')
}

const flip = (name: string) => (answer: Record<string, unknown>) => {
  answer[name] = flippedText(String(answer[name]))
}

const MANY = /^POST \/v1\/proofs/
const ONE = /^GET \/v1\/proofs/

/** What a node may say, and what it says instead. */
const lies: readonly { readonly lie: string; readonly tell: Lie; readonly argv: readonly string[] }[] = [
  {
    lie: 'a list of grants without the last',
    tell: lieAbout(MANY, (answer) => {
      const last = entriesOf(answer).at(-1)
      if (last) last.value = null
    }),
    argv: ['grants'],
  },
  {
    lie: 'a list of grants cut short',
    tell: lieAbout(MANY, (answer) => void entriesOf(answer).pop()),
    argv: ['grants'],
  },
  {
    lie: 'records that are none',
    tell: lieAbout(MANY, (answer) => {
      for (const entry of entriesOf(answer)) if (entry.value) entry.value = flippedText(entry.value)
    }),
    argv: ['records'],
  },
  {
    lie: 'another account',
    tell: lieAbout(ONE, (answer) => {
      if (answer['value'] !== null) answer['value'] = flippedText(String(answer['value']))
    }),
    argv: ['whois', doctor.did],
  },
  { lie: 'other members', tell: lieAbout(MANY, flip('header')), argv: ['member', 'list'] },
  { lie: 'a false certificate', tell: lieAbout(MANY, flip('certificate')), argv: ['member', 'list'] },
  { lie: 'other proposals', tell: lieAbout(ONE, flip('proof')), argv: ['member', 'proposals'] },
  { lie: 'another genesis document', tell: lieAbout(/genesis/, flip('genesis')), argv: ['grants'] },
  {
    lie: 'other anchors of a batch',
    tell: lieAbout(/batches/, (answer) => {
      const [first] = answer['anchors'] as { commitment: string }[]
      if (first) first.commitment = `${first.commitment.startsWith('0') ? 1 : 0}${first.commitment.slice(1)}`
    }),
    argv: ['record', 'show', record],
  },
  {
    lie: 'an explanation that is not the rule’s',
    tell: (body, { path: asked }) =>
      asked === '/v1/requests'
        ? Buffer.from(body.toString('latin1').replace('permit', 'refuse'), 'latin1')
        : body,
    argv: ['explain', '--record', record, '--actor', doctor.did],
  },
  {
    lie: 'a height that is not the transaction’s',
    tell: lieAbout(/^POST \/v1\/transactions/, (answer) => {
      answer['height'] = Number(answer['height']) + 1
    }),
    argv: ['grant', doctor.did, '--compartment', 'laboratory', '--until', '30d'],
  },
  {
    lie: 'a transaction that stands nowhere',
    tell: lieAbout(/\/proof$/, flip('transaction')),
    argv: ['grant', doctor.did, '--compartment', 'imaging', '--until', '30d'],
  },
]

for (const { lie, tell, argv } of lies) {
  test(`${lie}: caught, and the node named`, async () => {
    proxy.lie = tell
    const { exitCode, code, message } = await failureOf(...argv)
    proxy.lie = undefined
    equal([exitCode, code], [6, 'proof.false'], message)
    ok(message.includes(proxy.url) && message.includes('north-hospital'), message)
  })
}

test('--no-verify believes, and says so', async () => {
  proxy.lie = lieAbout(MANY, (answer) => {
    const last = entriesOf(answer).at(-1)
    if (last) last.value = null
  })
  const { exitCode, err } = await maria.run('grants', '--node', proxy.url, '--no-verify', '--json')
  proxy.lie = undefined
  is(exitCode, 0)
  match(err, /is checked \(--no-verify\)/)
  // What is nothing but a check, or hands keys out, is not done on a word.
  for (const args of [
    ['audit', '--verify'],
    ['record', 'verify', 'abcdefgh'],
    ['id', 'rotate', 'maria'],
  ])
    is((await maria.run(...args, '--no-verify', '--json')).exitCode, 2, args.join(' '))
})

test('an old head is told by time, and by what the home has seen', async () => {
  const stranger = consortium.seat(path.join(folder, 'stranger'), NORTH)
  equal((await stranger.run('whois', doctor.did, '--node', proxy.url)).exitCode, 0)
  equal((await maria.run('grants', '--node', proxy.url)).exitCode, 0)
  await consortium.advance(5 * 60_000)
  equal((await maria.run('whois', doctor.did)).exitCode, 0)
  proxy.isFrozen = true
  const seen = await failureOf('grants')
  const told = await stranger.run('whois', doctor.did, '--node', proxy.url)
  proxy.isFrozen = false
  equal([seen.exitCode, seen.code], [6, 'proof.rollback'], seen.message)
  equal(told.exitCode, 5)
  match(told.err, /\[proof\.stale\]/)
})

test('an export is checked with the genesis document alone, and every flipped byte is caught', async () => {
  const target = path.join(folder, 'audit.medchain')
  const { verified, entries } = await maria.ask<{ verified: boolean; entries: unknown[] }>(
    'audit',
    '--export',
    target,
  )
  ok(verified && entries.length >= 2)
  const genesis = path.join(folder, 'net', 'genesis.json')
  const nowhere = consortium.seat(path.join(folder, 'nowhere'), NORTH)
  const check = (from: string, founding = genesis) =>
    nowhere.run(
      'audit',
      '--verify',
      '--from',
      from,
      '--genesis',
      founding,
      '--node',
      'http://127.0.0.1:9',
      '--json',
    )
  const checked = await check(target)
  equal(checked.exitCode, 0, checked.out)
  equal(JSON.parse(checked.out).entries.length, entries.length)
  ok(Math.abs(Date.parse(JSON.parse(checked.out).asOf) - Date.now()) < 600_000)
  const bytes = await readFile(target)
  const flipped = path.join(folder, 'flipped.medchain')
  for (let turn = 0; turn < 40; turn++) {
    const at = Math.floor((turn * bytes.length) / 40)
    await writeFile(
      flipped,
      bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)),
    )
    is((await check(flipped)).exitCode, 6, `byte ${at} of ${bytes.length}`)
  }
})

test('the accounting leaves care out and counts it; the bundle has an event for every leg', async () => {
  const { disclosures, excluded } = await maria.ask<{
    disclosures: unknown[]
    excluded: { reason: string; count: number }[]
  }>('audit', '--accounting')
  equal(disclosures, [])
  ok((excluded.find(({ reason }) => reason === 'treatment')?.count ?? 0) >= 1)
  const bundle = await maria.ask<{ type: string; entry: { resource: { resourceType: string } }[] }>(
    'audit',
    '--fhir',
  )
  const types = bundle.entry.map(({ resource }) => resource.resourceType)
  equal([bundle.type, types.includes('AuditEvent'), types.includes('Provenance')], ['collection', true, true])
})

/** Two nodes without which the doctor's own and one other still have both legs of the record. */
const twoToSpare = (id: string): readonly number[] => {
  const view = consortium.daemons[NORTH]?.services.ledger.view() as ReadView
  const { batchId } = splitRecordId(unwrap(bytesFromBase32(id)))
  const institutions = institutionsIn(view)
  const { ciphertext, release } = holdersOf(batchId, institutions, view.get(batches, batchId)?.institution)
  const south = institutions[SOUTH] as Uint8Array
  const isIn = (side: readonly Uint8Array[]) => side.some((holder) => equalBytes(holder, south))
  const other = (isIn(ciphertext) ? release : ciphertext)[0] as Uint8Array
  return institutions.flatMap((each, node) =>
    equalBytes(each, south) || equalBytes(each, other) ? [] : [node],
  )
}

test('two of four daemons stopped: care goes on, marked, and is anchored when they are back', async () => {
  const down = twoToSpare(record)
  const through = consortium.apiUrls[SOUTH] ?? ''
  for (const node of down) await consortium.stop(node)
  consortium.moveClock(HOUR_MS)
  const shown = await doctor.run('record', 'show', record, '--node', through, '--json')
  equal(shown.exitCode, 0, `${shown.out}${shown.err}`)
  is(JSON.parse(shown.out).stale, true)
  match(shown.err, /stood still/)
  const billing = await doctor.run('record', 'show', record, '--purpose', 'HPAYMT', '--node', through)
  equal(billing.exitCode === 0, false)
  for (const node of down) await consortium.start(node)
  await consortium.advance(1000)
  const after = await maria.run('audit', '--verify', '--node', through, '--json')
  const { entries: all, gaps } = JSON.parse(after.out) as {
    entries: { marks: string[] }[]
    gaps: unknown[]
  }
  equal([after.exitCode, gaps], [0, []])
  ok(all.filter(({ marks }) => marks.includes('stale')).length >= 2)
})

test.run()
