import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { generatePatient } from '../../synthetic/index.ts'
import { ask, type Seat, say, show } from '../stage.ts'
import type { Consortium, InstitutionName } from './start-consortium.ts'

export interface Person {
  readonly name: string
  readonly did: string
  readonly seat: Seat
}

export interface Patient extends Person {
  readonly bundleFile: string
}

export interface People {
  readonly clinician: Person
  readonly doctor: Person
  readonly researcher: Person
  readonly maria: Patient
  readonly others: readonly Patient[]
}

/** With the first patient, the fewest that are counted. */
const PATIENTS_FOR_RESEARCH = 10

const seatAt = (consortium: Consortium, institution: InstitutionName, name: string): Seat => ({
  home: path.join(consortium.dir, 'people', name),
  nodeUrl: consortium.url[institution],
  passphrase: randomBytes(12).toString('base64url'),
})

const create = async (name: string, role: string, seat: Seat, isShown: boolean): Promise<Person> => {
  const words = path.join(seat.home, `${name}.words`)
  await mkdir(seat.home, { recursive: true })
  const createArgs = ['id', 'create', name, '--role', role, '--words-file', words]
  const registerArgs = ['register', '--as', name]
  if (!isShown) {
    const { did } = await ask<{ did: string }>(seat, createArgs)
    await ask(seat, registerArgs)
    return { name, did, seat }
  }
  await show(seat, createArgs, { lines: 6 })
  await show(seat, registerArgs, { lines: 4 })
  const { did } = await ask<{ did: string }>(seat, ['id', 'show', name])
  return { name, did, seat }
}

const createPatient = async (
  consortium: Consortium,
  seed: number,
  name: string,
  isShown: boolean,
): Promise<Patient> => {
  const seat = seatAt(consortium, 'north-hospital', name)
  const person = await create(name, 'patient', seat, isShown)
  const bundleFile = path.join(seat.home, `${name}.json`)
  await writeFile(bundleFile, generatePatient(seed).bundleText)
  return { ...person, bundleFile }
}

/** Two workers share the list: the machine of a newcomer has few cores. */
const createOthers = async (consortium: Consortium): Promise<Patient[]> => {
  const seeds = Array.from({ length: PATIENTS_FOR_RESEARCH }, (_, index) => 101 + index)
  const made: Patient[] = []
  const work = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      made.push(await createPatient(consortium, seed, `patient-${seed}`, false))
    }
  }
  await Promise.all([work(), work()])
  return made
}

export const enrolPeople = async (consortium: Consortium): Promise<People> => {
  say('')
  say('2. People get identities; each institution sponsors its own.')
  const clinician = await create(
    'clinician',
    'practitioner',
    seatAt(consortium, 'north-hospital', 'clinician'),
    true,
  )
  const maria = await createPatient(consortium, 1, 'maria', true)
  const doctor = await create('doctor', 'practitioner', seatAt(consortium, 'south-hospital', 'doctor'), false)
  const researcher = await create(
    'researcher',
    'researcher',
    seatAt(consortium, 'research-institute', 'researcher'),
    false,
  )
  say(`    Likewise a doctor at south-hospital, a researcher, and ${PATIENTS_FOR_RESEARCH} more patients …`)
  const others = await createOthers(consortium)
  return { clinician, doctor, researcher, maria, others }
}
