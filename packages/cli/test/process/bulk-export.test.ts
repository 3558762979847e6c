// timeout: 420s
// Acceptance: a permission is revoked in the middle of a bulk export; grants by dates grow; all one's own data.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { startConsortium } from './local-consortium.ts'

const RECORDS = 450
const [NORTH, SOUTH] = [0, 1]
const consortium = await startConsortium()
const { folder, homes, enrol, apiUrls } = consortium
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const maria = await enrol('maria', 'patient', NORTH)
test.after(consortium.close)

const observation = (index: number, date: string): string =>
  JSON.stringify({
    ...{ resourceType: 'Observation', id: `o${index}`, status: 'final', code: { text: `Test ${index}` } },
    ...{ category: [{ coding: [{ code: 'laboratory' }] }], effectiveDateTime: date },
  })

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** A way to a node on which a leg of a disclosure waits until the test lets it go on. */
const startGate = async (url: string, beforeLeg: (leg: number) => Promise<void>) => {
  let legs = 0
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming)
    if (body.includes('disclosure.leg')) await beforeLeg(++legs)
    const { method, headers } = incoming
    const onward = request(`${url}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(body)
  }
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const urlOf = (node: number): string => apiUrls[node] ?? ''

test('many records are imported', async () => {
  const file = path.join(folder, 'many.ndjson')
  const lines = Array.from({ length: RECORDS }, (_, index) =>
    observation(index, index % 2 === 0 ? '2025-03-01' : '2026-03-01'),
  )
  await writeFile(file, `${lines.join('\n')}\n`)
  const { imported } = await clinician.ask<{ imported: number }>(
    'record',
    'import',
    file,
    '--subject',
    maria.did,
  )
  equal(imported, RECORDS)
})

test('revoked in the middle of an export: what was read is kept, the rest refused, nothing after it opened', async () => {
  const { grantId } = await maria.ask<{ grantId: string }>(
    ...(['grant', doctor.did, '--compartment', 'laboratory'] as const),
  )
  let revokedAt = 0
  const gate = await startGate(urlOf(SOUTH), async (leg) => {
    // The first page had two legs.
    if (leg !== 3) return
    revokedAt = (await maria.ask<{ height: number }>('revoke', grantId)).height
  })
  const out = path.join(folder, 'chart')
  const run = await doctor.run('chart', maria.did, '--out', out, '--json', '--node', gate.url)
  gate.close()
  equal(run.exitCode, 8, run.out + run.err)
  const told = JSON.parse(run.out)
  ok(revokedAt > 0)
  equal([told.records, told.written.length], [200, 200])
  equal(told.failed.length, RECORDS - 200)
  equal([...new Set(told.failed.map(({ code }: { code: string }) => code))], ['consent.revoked'])
  equal((await readdir(out)).length, 200)
  match(run.err, /consent\.revoked/)
  const { entries } = await maria.ask<{
    entries: { height: number; outcome: string; actor: string; record: string | null }[]
  }>('audit', '--limit', '5000')
  const late = entries.filter(
    ({ height, outcome, actor }) => actor === doctor.did && outcome === 'permit' && height >= revokedAt,
  )
  equal(late, [], 'nothing is opened at or after the height of the revocation')
})

test('a grant by dates covers what is dated in it, and grows', async () => {
  const given = await maria.ask<{ grants: unknown[] }>(
    ...([
      'grant',
      doctor.did,
      '--compartment',
      'laboratory',
      '--data-from',
      '2026',
      '--until',
      '30d',
    ] as const),
  )
  equal(given.grants.length, 1)
  const count = async () =>
    (await doctor.ask<{ records: unknown[] }>('records', '--subject', maria.did, '--limit', '1000')).records
      .length
  equal(await count(), RECORDS / 2)
  const file = path.join(folder, 'later.ndjson')
  const later = [observation(9000, '2026-08-01'), observation(9001, '2024-08-01')]
  await writeFile(file, later.join('\n'))
  await clinician.ask('record', 'import', file, '--subject', maria.did)
  equal(await count(), RECORDS / 2)
  const { extended } = await maria.ask<{ extended: { records: number }[] }>('grants')
  equal(
    extended.map(({ records }) => records),
    [1],
  )
  equal(await count(), RECORDS / 2 + 1)
})

test('all of one’s own data, gone on with after an interruption', async () => {
  const out = path.join(folder, 'mine')
  const gate = await startGate(urlOf(NORTH), async (leg) => {
    if (leg > 2) throw new Error('the way is gone')
  })
  const cut = await maria.run('export', '--out', out, '--json', '--node', gate.url)
  gate.close()
  ok(cut.exitCode !== 0, 'the export was not interrupted')
  const manifest = async () => JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8'))
  const before = await manifest()
  // How many fit two legs depends on which institutions hold the batches.
  const kept: number = before.records.length
  ok(kept > 0 && kept < RECORDS, `${kept} records`)
  equal(before.complete, false)
  const whole = await maria.ask<{ records: number; earlier: number; consents: number }>(
    'export',
    '--out',
    out,
  )
  equal([whole.records, whole.earlier], [RECORDS + 2 - kept, kept])
  const after = await manifest()
  equal([after.records.length, after.complete], [RECORDS + 2, true])
  const lines = (await Promise.all(
    after.output
      .filter(({ type }: { type: string }) => type === 'Observation')
      .map(async ({ url }: { url: string }) =>
        (await readFile(path.join(out, url), 'utf8')).trim().split('\n'),
      ),
  )) as string[][]
  const ids = new Set(lines.flat().map((line) => JSON.parse(line).id))
  equal(ids.size, RECORDS + 2)
  const consents = (await readFile(path.join(out, 'Consent.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  ok(
    consents.some(({ status }) => status === 'inactive') &&
      consents.some(({ provision }) => provision.dataPeriod),
  )
  await rm(out, { recursive: true })
})

// 42 CFR Part 2: node.json makes the institution a programme; what it writes from then on needs the elements.
test('a programme’s record is read by a consent with every element of 2.31, and the notice goes with it', async () => {
  const config = path.join(homes[NORTH] ?? '', 'node.json')
  const text = await readFile(config, 'utf8')
  match(text, /"part2Program": false/)
  await writeFile(config, text.replace('"part2Program": false', '"part2Program": true'))
  await consortium.stop(NORTH)
  await consortium.start(NORTH)
  const visit = path.join(folder, 'visit.json')
  const imported = async (id: string) => {
    await writeFile(visit, JSON.stringify({ resourceType: 'Encounter', id, status: 'finished' }))
    const { records } = await clinician.ask<{ records: { id: string; compartment: string }[] }>(
      ...(['record', 'import', visit, '--subject', maria.did] as const),
    )
    return records[0]
  }
  // The node declares it after a block, of which each import makes one.
  let record = await imported('visit-0')
  for (let turn = 1; turn < 20 && record?.compartment !== 'substance-use'; turn++)
    record = await imported(`visit-${turn}`)
  equal(record?.compartment, 'substance-use')
  const id = record?.id ?? ''
  const grant = ['grant', doctor.did, '--compartment', 'substance-use', '--purpose', 'TREAT']
  const refused = await maria.run(...grant)
  equal(refused.exitCode, 3)
  match(
    refused.err,
    /north-hospital .* lacks .*\(patient\).*\(description\).*\(rightToRevoke\).*\(signature\)/,
  )
  match(refused.err, /\[consent\.part2\]/)
  equal((await doctor.run('record', 'show', id)).exitCode, 3)
  const consent = path.join(folder, 'part2.json')
  const elements = {
    patient: 'Maria Silva',
    signature: 'Maria Silva',
    rightToRevoke: 'At any time, in writing.',
  }
  await writeFile(consent, JSON.stringify({ ...elements, description: 'Visits for substance use disorder' }))
  await maria.ask(...grant, '--part2', consent)
  const shown = await doctor.run('record', 'show', id, '--json')
  equal(shown.exitCode, 0, shown.err)
  const { part2, content } = JSON.parse(shown.out)
  equal([part2.programs, JSON.parse(content).resourceType], [['north-hospital'], 'Encounter'])
  match(`${part2.notice} ${shown.err}`, /42 CFR part 2 prohibits/)
  match(part2.consent.join(' '), /for TREAT, from .* until /)
  const out = path.join(folder, 'visits')
  await doctor.ask('chart', maria.did, '--compartment', 'substance-use', '--out', out)
  match(await readFile(path.join(out, 'NOTICE-42-CFR-PART-2.txt'), 'utf8'), /42 CFR part 2 prohibits/)
  const own = await clinician.run('record', 'show', id, '--json')
  equal([own.exitCode, JSON.parse(own.out).part2], [0, undefined])
})

test.run()
