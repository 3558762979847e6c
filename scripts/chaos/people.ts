import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ask, runCommand, type Seat } from '../story/stage.ts'
import { generatePatient } from '../synthetic/index.ts'
import type { Consortium } from './consortium.ts'
import type { Daemon } from './daemon.ts'
import { openDoors } from './doors.ts'
import { Violation } from './violation.ts'

/** One record that its patient may read, and a stranger who may not. */
export interface PrivateRecord {
  /** The stranger asks this institution; an answer is a violation. */
  readonly refuseStranger: (at: Daemon) => Promise<'refused' | 'silent'>
  /** The patient reads it, byte for byte. */
  readonly readOwn: (at: Daemon) => Promise<void>
}

interface RecordRow {
  readonly id: string
  readonly compartment: string
}

const DENIED = 3

const enrolPerson = async (
  dir: string,
  nodeUrl: string,
  name: string,
  role: string,
): Promise<Seat & { did: string }> => {
  const home = path.join(dir, 'people', name)
  await mkdir(home, { recursive: true })
  const seat = { home, nodeUrl, passphrase: `passphrase of ${name}` }
  const words = ['--words-file', path.join(home, 'words')]
  const { did } = await ask<{ did: string }>(seat, ['id', 'create', name, '--role', role, ...words])
  await ask(seat, ['register'])
  return { ...seat, did }
}

/** A clinician imports one record of a patient, through the commands that people use. */
export const importPrivateRecord = async ({ dir, daemons }: Consortium): Promise<PrivateRecord> => {
  const doorOf = await openDoors(daemons)
  const [clinician, patient, stranger] = await Promise.all([
    enrolPerson(dir, doorOf(0), 'clinician', 'practitioner'),
    enrolPerson(dir, doorOf(0), 'patient', 'patient'),
    enrolPerson(dir, doorOf(1), 'stranger', 'practitioner'),
  ])
  const file = path.join(dir, 'people', 'bundle.json')
  await writeFile(file, generatePatient(7).bundleText)
  await ask(clinician, ['record', 'import', file, '--subject', patient.did])
  const { records } = await ask<{ records: RecordRow[] }>(patient, ['records', '--limit', '10'])
  const id = records[0]?.id
  if (id === undefined) throw new Error('the patient has no records')
  const original = await readFile(file, 'utf8')
  return {
    refuseStranger: async ({ host, name }) => {
      const { exitCode, stdout } = await runCommand({ ...stranger, nodeUrl: doorOf(host) }, [
        'record',
        'show',
        id,
      ])
      const tells = exitCode === 0 || (stdout.trim() !== '' && original.includes(stdout.trim()))
      if (tells) throw new Violation('private record', `a stranger read it at ${name}\n${stdout}`)
      return exitCode === DENIED ? 'refused' : 'silent'
    },
    readOwn: async ({ host, name }) => {
      const { exitCode, stdout, stderr } = await runCommand({ ...patient, nodeUrl: doorOf(host) }, [
        'record',
        'show',
        id,
      ])
      if (exitCode === 0 && original.includes(stdout.trim())) return
      throw new Violation(
        'record lost',
        `its patient asked ${name}: exit code ${exitCode}\n${stdout}${stderr}`,
      )
    },
  }
}
