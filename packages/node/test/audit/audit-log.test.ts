import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { auditEntryHash, auditEntrySchema, decode, unwrap, ZERO_HASH } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { type AuditLog, type EntryDraft, openAuditLog } from '../../src/audit/audit-log.ts'
import { examineAuditLog } from '../../src/audit/examine-log.ts'
import { encodeFrame, scanFrames } from '../../src/audit/frame.ts'
import { logFile } from '../../src/audit/log-files.ts'

const test = suite<{ folder: string; log: AuditLog }>('audit log')
const NODE = new Uint8Array(32).fill(1)
const CHARTS = [2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array]

test.before.each(async (context) => {
  context.folder = mkdtempSync(path.join(tmpdir(), 'medchain-audit-'))
  context.log = await openAuditLog(context.folder, NODE, 0)
})
test.after.each(async ({ folder, log }) => {
  await log.close()
  rmSync(folder, { recursive: true })
})

const draft = (chart: Uint8Array, timeMs: number): EntryDraft => ({
  chart,
  timeMs,
  height: timeMs,
  leg: 'release',
  actor: NODE,
  purpose: 'TREAT',
  basis: 'grant',
  grantId: undefined,
  permitted: [],
  refused: [],
  code: 'permit',
  statement: new Uint8Array(300).fill(timeMs),
  signature: new Uint8Array(64),
})

const entriesOf = async (log: AuditLog, chart: Uint8Array) =>
  unwrap(await log.read(chart, 0, 1000)).map((bytes) => unwrap(decode(auditEntrySchema, bytes)))

const fill = async (log: AuditLog, count: number) => {
  const drafts = Array.from({ length: count }, (_, index) =>
    draft(CHARTS[index % 2] as Uint8Array, index + 1),
  )
  for (const result of await Promise.all(drafts.map((each) => log.append(each)))) ok(result.ok)
}

const reopen = async (context: { folder: string; log: AuditLog }) => {
  await context.log.close()
  context.log = await openAuditLog(context.folder, NODE, 0)
  return context.log
}

const file = (folder: string) => logFile(folder, 1)

const flip = (folder: string, at: number) => {
  const bytes = readFileSync(file(folder))
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(file(folder), bytes)
}

test('each chart has its own unbroken chain, also over a restart', async (context) => {
  await fill(context.log, 10)
  const log = await reopen(context)
  unwrap(await log.append(draft(CHARTS[0], 99)))
  const entries = await entriesOf(log, CHARTS[0])
  equal(
    entries.map(({ sequence }) => sequence),
    [1, 2, 3, 4, 5, 6],
  )
  let previous = ZERO_HASH
  for (const entry of entries) {
    equal([...entry.previousHash], [...previous])
    previous = auditEntryHash(entry)
  }
  equal(await examineAuditLog(context.folder), [])
  is(unwrap(await log.read(CHARTS[0], 4, 1)).length, 1)
})

test('a tail cut off anywhere is cut away, and what was durable stays', async (context) => {
  await fill(context.log, 4)
  const whole = statSync(file(context.folder)).size
  await fill(context.log, 1)
  const longer = statSync(file(context.folder)).size
  const bytes = readFileSync(file(context.folder))
  for (const size of [whole + 1, whole + 11, whole + 12, whole + 40, longer - 1]) {
    await context.log.close()
    writeFileSync(file(context.folder), bytes)
    truncateSync(file(context.folder), size)
    context.log = await openAuditLog(context.folder, NODE, 0)
    is(context.log.heads.entryCount(), 4)
    equal(context.log.loaded.damage, [])
    is(statSync(file(context.folder)).size, whole)
  }
})

test('a flipped byte is damage that names file and entry, never a tear; nothing is logged after it', async (context) => {
  await fill(context.log, 6)
  const sound = readFileSync(file(context.folder))
  const frames = [...scanFrames(sound)]
  for (const frame of [frames[2], frames[5]]) {
    for (const within of [0, 5, 9, 200]) {
      await context.log.close()
      writeFileSync(file(context.folder), sound)
      flip(context.folder, (frame?.offset as number) + within)
      const findings = await examineAuditLog(context.folder)
      ok(findings.some(({ where, code }) => code === 'audit.damaged' && where.includes('00000001.audit')))
      context.log = await openAuditLog(context.folder, NODE, 0)
      const refused = await context.log.append(draft(CHARTS[0], 99))
      is(refused.ok ? '' : refused.code, 'audit.damaged')
    }
  }
  writeFileSync(file(context.folder), sound)
  flip(context.folder, (frames[2]?.offset as number) + 200)
  match(
    (await examineAuditLog(context.folder)).map(({ message }) => message).join(),
    /chart \w+: entry 2 is missing/,
  )
})

test('a byte flipped under a running node is found when it is read', async ({ folder, log }) => {
  await fill(log, 6)
  flip(folder, 150)
  const read = await log.read(CHARTS[0], 0, 10)
  match(read.ok ? '' : `${read.code} ${read.message}`, /audit\.damaged.*00000001\.audit: entry 1/)
})

test('a disk that refuses fails the entry, and the next one goes on from the last good end', async ({
  folder,
  log,
}) => {
  mkdirSync(file(folder))
  const refused = await log.append(draft(CHARTS[0], 1))
  is(refused.ok ? '' : refused.code, 'audit.write-failed')
  is(log.heads.entryCount(), 0)
  rmSync(file(folder), { recursive: true })
  is(unwrap(await log.append(draft(CHARTS[0], 2))).sequence, 1)
  equal(await examineAuditLog(folder), [])
})

test('a frame is told from its damage and its tear', () => {
  const bytes = Buffer.concat([
    encodeFrame(Uint8Array.of(1)),
    encodeFrame(Uint8Array.of(2)),
    encodeFrame(Uint8Array.of(3)),
  ])
  const types = (changed: Buffer) => [...scanFrames(changed)].map(({ type }) => type)
  equal(types(bytes), ['sound', 'sound', 'sound'])
  equal(types(bytes.subarray(0, 40)), ['sound', 'sound', 'torn'])
  equal(types(Buffer.concat([bytes, Buffer.alloc(30)])), ['sound', 'sound', 'sound', 'torn'])
  const headless = Buffer.from(bytes)
  headless[18] = 0xff
  equal(types(headless), ['sound', 'damaged', 'sound'])
})

test.run()
