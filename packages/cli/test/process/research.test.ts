// timeout: 420s
// Counts over many patients: exact for a hospital's operations, and only of consenting ones, never under 11,
// for research.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { type LocalNetwork, startNetwork } from '../../../../test/harness/local-network.ts'
import {
  eachOf,
  enrol,
  grant,
  importFiles,
  type Person,
  revoke,
  writeBundle,
} from '../../../../test/harness/people.ts'
import { ask, refused } from '../../../../test/harness/run-medchain.ts'
import { waitUntil } from '../../../../test/harness/wait-until.ts'

interface Patient extends Person {
  readonly file: string
}

interface Scene {
  readonly network: LocalNetwork
  readonly clinician: Person
  readonly researcher: Person
  readonly patients: readonly Patient[]
}

interface Answer {
  readonly height: number
  readonly purpose: string
  readonly subjects: number | null
  readonly count: number | null
}

interface Coding {
  readonly system: string
  readonly code: string
}

interface Resource {
  readonly resourceType: string
  readonly code?: { readonly coding?: readonly Coding[] }
  readonly valueQuantity?: { readonly value: number; readonly code: string }
}

const HYPERTENSION = 'Condition?code=http://snomed.info/sct|38341003'
const SYSTEM = 'http://snomed.info/sct'
// All have hypertension, by the generator's rule.
const SEEDS = [1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16]
const CONSENTING = 12
const MINIMUM = 11

let network_: LocalNetwork | undefined
let scene: Promise<Scene> | undefined
const prepared = (): Promise<Scene> => {
  scene ??= prepare()
  return scene
}
test.after(() => network_?.remove())

const prepare = async (): Promise<Scene> => {
  const network = await startNetwork()
  network_ = network
  const clinician = await enrol(network, 'north-hospital', 'practitioner', 'clinician')
  const researcher = await enrol(network, 'research-institute', 'researcher', 'researcher')
  const patients = await eachOf(SEEDS, async (seed) => {
    const { file, resources } = writeBundle(network, seed)
    const person = await enrol(network, 'north-hospital', 'patient', `patient-${seed}`)
    const { imported } = await importFiles(clinician, person, [file])
    equal(imported, resources)
    return { ...person, file }
  })
  return { network, clinician, researcher, patients }
}

/** Counts in the files themselves, with nothing of the project's. */
const countInFiles = (patients: readonly Patient[], matches: (resource: Resource) => boolean): number =>
  patients.reduce((sum, { file }) => {
    const bundle = JSON.parse(readFileSync(file, 'utf8')) as { entry: { resource: Resource }[] }
    return sum + bundle.entry.filter(({ resource }) => matches(resource)).length
  }, 0)

const hasCode = (resource: Resource, system: string, code: string): boolean =>
  resource.code?.coding?.some((coding) => coding.system === system && coding.code === code) ?? false

const isHypertension = (resource: Resource): boolean =>
  resource.resourceType === 'Condition' && hasCode(resource, SYSTEM, '38341003')

const count = (person: Person, query: string, purpose: string): Promise<Answer> =>
  ask(person, ['query', query, '--count', '--purpose', purpose], { timeoutMs: 240_000 })

test('a hospital’s own count is the count in the files', async () => {
  const { clinician, patients } = await prepared()
  const answer = await count(clinician, HYPERTENSION, 'HOPERAT')
  equal(answer.purpose, 'HOPERAT')
  equal(answer.count, countInFiles(patients, isHypertension))
  equal(answer.subjects, patients.length)
})

test('the same with quantities, dates and references', async () => {
  const { clinician, patients } = await prepared()
  const high = (resource: Resource): boolean =>
    resource.resourceType === 'Observation' &&
    hasCode(resource, 'http://loinc.org', '4548-4') &&
    (resource.valueQuantity?.value ?? 0) > 7
  const query = 'Observation?code=http://loinc.org|4548-4&value-quantity=gt7'
  equal((await count(clinician, query, 'HOPERAT')).count, countInFiles(patients, high))
  const all = await count(clinician, 'Patient', 'HOPERAT')
  equal([all.count, all.subjects], [patients.length, patients.length])
  const none = await count(clinician, 'Condition?code=http://snomed.info/sct|999', 'HOPERAT')
  equal(none.count, 0)
})

test('nobody counts for operations where the institution reads nothing', async () => {
  const { network, patients } = await prepared()
  const doctor = await enrol(network, 'south-hospital', 'practitioner', 'doctor')
  ok(patients.length > 0)
  equal((await count(doctor, HYPERTENSION, 'HOPERAT')).count, 0)
  await refused(doctor, ['query', HYPERTENSION, '--count', '--purpose', 'TREAT'], {
    exitCode: 2,
    code: /^usage\./,
  })
})

const isSuppressed = ({ count: found, subjects }: Answer): boolean =>
  found === null && (subjects === null || subjects === 0 || subjects >= MINIMUM)

const grants = new Map<Person, string>()

test('research counts consenting patients alone, and nothing under eleven', async () => {
  const { researcher, patients } = await prepared()
  const consent = async (patient: Patient): Promise<void> => {
    const { grantId } = await grant(patient, researcher, {
      compartment: 'general',
      purpose: 'HRESCH',
      until: '30d',
    })
    grants.set(patient, grantId)
  }
  const before = await count(researcher, HYPERTENSION, 'HRESCH')
  ok(before.count === 0 || isSuppressed(before), JSON.stringify(before))
  await eachOf(patients.slice(0, MINIMUM - 1), consent)
  const few = await count(researcher, HYPERTENSION, 'HRESCH')
  ok(isSuppressed(few), `10 persons were counted: ${JSON.stringify(few)}`)
  await eachOf(patients.slice(MINIMUM - 1, CONSENTING), consent)
  const consenting = patients.slice(0, CONSENTING)
  const answer = await counted(researcher, countInFiles(consenting, isHypertension))
  equal(answer.purpose, 'HRESCH')
  ok(Math.abs((answer.subjects ?? 0) - CONSENTING) <= 5, JSON.stringify(answer))
})

const counted = (researcher: Person, expected: number): Promise<Answer> =>
  waitUntil(
    `a count of ${expected}`,
    async () => {
      const answer = await count(researcher, HYPERTENSION, 'HRESCH')
      ok((answer.count ?? 0) <= expected, `more than consented: ${JSON.stringify(answer)}`)
      return answer.count === expected && answer
    },
    { timeoutMs: 60_000, pollMs: 500 },
  )

test('what research gets holds no name, identifier or exact date of birth', async () => {
  const { researcher, patients } = await prepared()
  const { rows } = await ask<{ rows: unknown[] }>(researcher, ['query', 'Patient', '--purpose', 'HRESCH'])
  ok(rows.length >= MINIMUM)
  const text = JSON.stringify(rows)
  for (const { file } of patients) {
    const bundle = JSON.parse(readFileSync(file, 'utf8')) as {
      entry: { resource: { id: string; name?: { family: string; given: string[] }[]; birthDate?: string } }[]
    }
    const [patient] = bundle.entry
    const { id, name, birthDate } = patient?.resource ?? { id: '' }
    for (const secret of [id, name?.[0]?.family, name?.[0]?.given[0], birthDate])
      ok(secret !== undefined && !text.includes(secret), `${secret} is in the rows`)
  }
})

test('a chart whose grant has ended is counted no more', async () => {
  const { researcher, patients } = await prepared()
  const [first, second] = patients as [Patient, Patient]
  await revoke(first, grants.get(first) ?? '')
  const left = patients.slice(1, CONSENTING)
  const answer = await count(researcher, HYPERTENSION, 'HRESCH')
  equal(answer.count, countInFiles(left, isHypertension))
  await revoke(second, grants.get(second) ?? '')
  const few = await count(researcher, HYPERTENSION, 'HRESCH')
  ok(isSuppressed(few), `10 persons are counted: ${JSON.stringify(few)}`)
})

test.run()
