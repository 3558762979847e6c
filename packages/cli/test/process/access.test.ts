// timeout: 420s
// Who reads what, and when it stops: a stranger, a grantee, another compartment, another purpose, after the
// end, after the revocation, on every node.
import { randomBytes } from 'node:crypto'
import { accountIdFromDid, base32FromBytes, bytesFromBase32, holdersOf, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import {
  INSTITUTIONS,
  type InstitutionName,
  type LocalNetwork,
  startNetwork,
} from '../../../../test/harness/local-network.ts'
import {
  eachOf,
  enrol,
  grant,
  importFiles,
  listRecords,
  type Person,
  type RecordRow,
  revoke,
  seatedAt,
  writeBundle,
} from '../../../../test/harness/people.ts'
import { resourceTexts } from '../../../../test/harness/resource-texts.ts'
import {
  ask,
  assertCivil,
  type CommandEnd,
  describeEnd,
  jsonOf,
  refused,
  run,
  type Seat,
} from '../../../../test/harness/run-medchain.ts'
import { waitUntil } from '../../../../test/harness/wait-until.ts'
import { askEveryHolder } from './holder-legs.ts'

interface Scene {
  readonly network: LocalNetwork
  readonly clinician: Person
  readonly maria: Person
  readonly doctor: Person
  readonly other: Person
  readonly researcher: Person
  /** Texts of all imported resources by their id. */
  readonly sources: ReadonlyMap<string, string>
  readonly laboratory: RecordRow
  readonly medication: RecordRow
}

let network_: LocalNetwork | undefined
let scene: Promise<Scene> | undefined
const prepared = (): Promise<Scene> => {
  scene ??= prepare()
  return scene
}
test.after(() => network_?.remove())

const LIFE_MS = 25_000
const BUNDLES_MAX = 12

/** Whether the institution is to store the ciphertext of a record. */
const storesCiphertext = async (
  network: LocalNetwork,
  name: InstitutionName,
  recordId: string,
): Promise<boolean> => {
  const { members } = await ask<{ members: { did: string; name: string }[] }>(network.operator(name), [
    'member',
    'list',
  ])
  const ids = members.map(({ did }) => accountId(did))
  const own = members.findIndex((member) => member.name === name)
  const author = ids[members.findIndex((member) => member.name === 'north-hospital')]
  const { ciphertext } = holdersOf(unwrap(bytesFromBase32(recordId)).slice(0, 16), ids, author)
  return ciphertext.some((id) => Buffer.from(id).equals(ids[own] as Uint8Array))
}

const prepare = async (): Promise<Scene> => {
  const network = await startNetwork()
  network_ = network
  const people = await eachOf(
    [
      ['north-hospital', 'practitioner', 'clinician'],
      ['north-hospital', 'patient', 'maria'],
      ['south-hospital', 'practitioner', 'doctor'],
      ['south-hospital', 'practitioner', 'other'],
      ['research-institute', 'researcher', 'researcher'],
    ] as const,
    ([at, role, name]) => enrol(network, at, role, name),
  )
  const [clinician, maria, doctor, other, researcher] = people as [Person, Person, Person, Person, Person]
  const sources = new Map<string, string>()
  let laboratory: RecordRow | undefined
  let medication: RecordRow | undefined
  // Until the doctor's own institution stores the ciphertext of a laboratory result.
  for (let seed = 1; seed <= BUNDLES_MAX && laboratory === undefined; seed++) {
    const bundle = writeBundle(network, seed)
    const report = await importFiles(clinician, maria, [bundle.file])
    equal(report.imported, bundle.resources)
    for (const [id, text] of resourceTexts(bundle.bundleText)) sources.set(id, text)
    medication ??= report.records.find(({ compartment }) => compartment === 'medication')
    const result = report.records.find(
      (record) => record.compartment === 'laboratory' && record.resourceType === 'Observation',
    )
    if (result && (await storesCiphertext(network, 'south-hospital', result.id))) laboratory = result
  }
  ok(laboratory && medication, 'no laboratory result lies at the doctor’s institution')
  return { network, clinician, maria, doctor, other, researcher, sources, laboratory, medication }
}

const accountId = (did: string): Uint8Array => unwrap(accountIdFromDid(did))

const show = (reader: Seat, recordId: string, purpose = 'TREAT'): Promise<CommandEnd> =>
  run(reader, ['record', 'show', recordId, '--purpose', purpose])

/** The reader gets exactly what stood in the source file. */
const assertReads = async ({ sources }: Scene, reader: Seat, record: RecordRow): Promise<void> => {
  const end = await show(reader, record.id)
  equal(end.code, 0, describeEnd(end))
  const { id } = JSON.parse(end.stdout) as { id: string }
  const source = sources.get(id)
  ok(source !== undefined, `no resource ${id} was imported`)
  ok(end.bytes.equals(Buffer.from(source)), 'the record is not the text of the file')
}

const assertRefused = (reader: Seat, recordId: string, code: string | RegExp, purpose = 'TREAT') =>
  refused(reader, ['record', 'show', recordId, '--purpose', purpose], { exitCode: 3, code })

interface Explanation {
  readonly outcome: string
  readonly code: string
  readonly rule: string
  readonly basis: string
}

/** What `explain` answers the patient about an actor; it must name a rule. */
const explained = async (
  { maria }: Scene,
  actor: Person,
  record: RecordRow,
  purpose = 'TREAT',
): Promise<string> => {
  const answer = await ask<Explanation>(maria, [
    ...['explain', '--actor', actor.did, '--record', record.id, '--purpose', purpose],
  ])
  ok(answer.rule.length > 10, `no rule is named: ${JSON.stringify(answer)}`)
  equal(answer.outcome, answer.code === 'permit' ? 'permit' : 'deny')
  return answer.code
}

const unknownIds = ({ laboratory }: Scene): string[] => {
  const known = unwrap(bytesFromBase32(laboratory.id))
  const afterTheLast = new Uint8Array([...known.slice(0, 16), 3, 230])
  return [base32FromBytes(new Uint8Array(randomBytes(18))), base32FromBytes(afterTheLast)]
}

const without = (text: string, id: string): string => text.replaceAll(id, 'ID')

test('a stranger gets the same answer for a record that exists and for one that does not', async () => {
  const all = await prepared()
  const { doctor, laboratory } = all
  const [missing = '', afterTheLast = ''] = unknownIds(all)
  for (const [id, json] of [
    [missing, []],
    [afterTheLast, ['--json']],
  ] as const) {
    const known = await run(doctor, ['record', 'show', laboratory.id, ...json])
    equal(known.code, 3, describeEnd(known))
    assertCivil(known)
    ok(`${known.stdout}${known.stderr}`.includes('consent.none'), describeEnd(known))
    const unknown = await run(doctor, ['record', 'show', id, ...json])
    equal(unknown.code, 3, describeEnd(unknown))
    equal(without(unknown.stdout, id), without(known.stdout, laboratory.id))
    equal(without(unknown.stderr, id), without(known.stderr, laboratory.id))
  }
})

test('listings, charts and explanations tell a stranger no more', async () => {
  const all = await prepared()
  const { doctor, maria, laboratory } = all
  const nobody = 'did:medchain:z4aBhYPMV8PbXUDZoRCZ1oUMrAqFzRsgBzSJBb8yvHJiN'
  for (const args of [
    ['records', '--subject'],
    ['chart', '--out', `${doctor.home}/chart`],
  ]) {
    const known = await run(doctor, [...args, maria.did, '--json'])
    const unknown = await run(doctor, [...args, nobody, '--json'])
    equal(known.code, 3, describeEnd(known))
    equal([known.code, without(known.stdout, maria.did)], [unknown.code, without(unknown.stdout, nobody)])
  }
  const [missing = ''] = unknownIds(all)
  const known = await run(doctor, ['explain', '--record', laboratory.id, '--json'])
  const unknown = await run(doctor, ['explain', '--record', missing, '--json'])
  ok(known.stdout.includes('consent.none'), describeEnd(known))
  const noHeight = (text: string) => text.replace(/"height":\d+/, '')
  equal([known.code, noHeight(known.stdout)], [unknown.code, noHeight(unknown.stdout)])
  equal(await explained(all, doctor, laboratory), 'consent.none')
})

// Begun early, so that nothing has to wait for its end.
let endsAt = 0
test('a grant with an end is honoured until then', async () => {
  const all = await prepared()
  const { maria, other, medication } = all
  endsAt = Date.now() + LIFE_MS
  await grant(maria, other, { compartment: 'medication', until: new Date(endsAt).toISOString() })
  const end = await show(other, medication.id)
  ok(end.code === 0 || Date.now() > endsAt - 1000, describeEnd(end))
})

let laboratoryGrant = ''
test('a grantee reads byte for byte what stood in the file', async () => {
  const all = await prepared()
  const { maria, doctor, laboratory } = all
  const { grantId } = await grant(maria, doctor, {
    compartment: 'laboratory',
    purpose: 'TREAT',
    until: '30d',
  })
  laboratoryGrant = grantId
  await assertReads(all, doctor, laboratory)
  equal(await explained(all, doctor, laboratory), 'permit')
  const listed = await listRecords(doctor, maria)
  equal([...new Set(listed.map(({ compartment }) => compartment))], ['laboratory'])
  equal(
    listed.length,
    (await listRecords(maria)).filter(({ compartment }) => compartment === 'laboratory').length,
  )
})

test('a grant for laboratory does not open medication', async () => {
  const all = await prepared()
  const { doctor, medication } = all
  await assertRefused(doctor, medication.id, 'consent.none')
  equal(await explained(all, doctor, medication), 'consent.none')
})

test('a grant for research does not serve treatment, and gives a researcher no record', async () => {
  const all = await prepared()
  const { maria, doctor, researcher, medication } = all
  await grant(maria, doctor, { compartment: 'medication', purpose: 'HRESCH', until: '30d' })
  await grant(maria, researcher, { compartment: 'medication', purpose: 'HRESCH', until: '30d' })
  await assertRefused(doctor, medication.id, 'consent.purpose')
  equal(await explained(all, doctor, medication), 'consent.purpose')
  await assertRefused(researcher, medication.id, 'consent.purpose')
  await assertRefused(researcher, medication.id, /^consent\./, 'HRESCH')
})

test('a grant for single records opens these alone', async () => {
  const all = await prepared()
  const { maria, other } = all
  const [first, second] = (await listRecords(maria)).filter(({ compartment }) => compartment === 'general')
  ok(first && second)
  await grant(maria, other, { record: first.id, until: '30d' })
  await assertReads(all, other, first)
  await assertRefused(other, second.id, 'consent.none')
})

test('after its end a grant is expired, on every node', async () => {
  const all = await prepared()
  const { network, other, medication } = all
  await waitUntil('the end of the grant', () => Date.now() > endsAt, { timeoutMs: LIFE_MS + 5000 })
  for (const name of INSTITUTIONS)
    await assertRefused(seatedAt(other, network, name), medication.id, 'consent.expired')
  equal(await explained(all, other, medication), 'consent.expired')
})

test('after a revocation every node refuses from the height it printed, whoever stores the ciphertext', async () => {
  const all = await prepared()
  const { network, maria, doctor, laboratory } = all
  ok(await storesCiphertext(network, 'south-hospital', laboratory.id))
  const { grants } = await ask<{ grants: { grantId: string }[] }>(maria, ['grants'])
  await assertReads(all, doctor, laboratory)
  const before = await askEveryHolder(doctor, laboratory.id, 0)
  equal(new Set(before.map(({ holder }) => holder)).size, INSTITUTIONS.length)
  ok(
    before.every(({ code, givesSomething }) => code === 'permit' && givesSomething),
    `the legs are asked wrongly: ${JSON.stringify(before)}`,
  )
  ok(
    grants.some(({ grantId }) => grantId === laboratoryGrant),
    'grants does not list it',
  )
  const { height } = await revoke(maria, laboratoryGrant)
  for (const name of INSTITUTIONS) {
    const status = await network.statusAt(name, height)
    ok(status.height >= height)
    await assertRefused(seatedAt(doctor, network, name), laboratory.id, 'consent.revoked')
  }
  // The client of a grantee who kept the old key asks each holder directly; each refuses.
  for (const { holder, leg, code, givesSomething } of await askEveryHolder(doctor, laboratory.id, height))
    equal([code, givesSomething], ['consent.revoked', false], `${leg} of ${holder}`)
  equal(await explained(all, doctor, laboratory), 'consent.revoked')
  const listing = await run(doctor, ['records', '--subject', maria.did, '--json'])
  ok(!listing.stdout.includes(laboratory.id), 'a listing shows what was revoked')
})

interface Audit {
  readonly entries: readonly { readonly actor: string; readonly outcome: string; readonly code: string }[]
  readonly gaps: readonly unknown[]
  readonly verified: boolean
}

test('the patient’s audit verifies and holds the readings and the refusals', async () => {
  const { maria, doctor } = await prepared()
  const end = await waitUntil('all logs gathered', async () => {
    const verified = await run(maria, ['audit', '--verify', '--limit', '10000', '--json'])
    // 8: a node did not answer in time.
    return verified.code !== 8 && verified
  })
  const audit = jsonOf<Audit>(end)
  equal([audit.verified, audit.gaps], [true, []])
  const own = audit.entries.filter(({ actor }) => actor === doctor.did)
  ok(
    own.some(({ outcome }) => outcome === 'permit'),
    'a reading is not in the audit',
  )
  for (const code of ['consent.none', 'consent.purpose', 'consent.revoked'])
    ok(
      own.some((entry) => entry.code === code),
      `no entry of ${code}`,
    )
})

test.run()
