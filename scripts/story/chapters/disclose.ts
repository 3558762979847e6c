import { readFile } from 'node:fs/promises'
import { ask, say, show } from '../stage.ts'
import type { People } from './enrol-people.ts'
import type { Consortium } from './start-consortium.ts'

export interface Disclosure {
  /** A laboratory record of the patient. */
  readonly recordId: string
}

interface RecordRow {
  readonly id: string
  readonly compartment: string
  readonly resourceType: string
}

const laboratoryRecord = async ({ maria }: People): Promise<RecordRow> => {
  const { records } = await ask<{ records: RecordRow[] }>(maria.seat, ['records', '--limit', '200'])
  const found = records.find(
    (record) => record.compartment === 'laboratory' && record.resourceType === 'Observation',
  )
  if (!found) throw new Error('The imported chart holds no laboratory result.')
  return found
}

/** Import, refusal, grant, reading byte for byte, revocation, refusal, audit. */
export const disclose = async (_consortium: Consortium, people: People): Promise<Disclosure> => {
  const { clinician, doctor, maria } = people
  say('')
  say(
    '3. The hospital imports the patient’s chart: encrypted, spread over the institutions, anchored on the chain.',
  )
  await show(clinician.seat, ['contact', 'add', 'maria', maria.did], { lines: 2 })
  await show(clinician.seat, ['record', 'import', maria.bundleFile, '--subject', 'maria'], { lines: 6 })
  await show(maria.seat, ['records', '--limit', '5'])
  const record = await laboratoryRecord(people)

  say('')
  say('4. A doctor at another hospital asks, and is refused.')
  await show(doctor.seat, ['record', 'show', record.id], { expect: 3 })

  say('')
  say('5. The patient grants the laboratory results to that doctor; now the doctor reads.')
  await show(maria.seat, ['contact', 'add', 'doctor', doctor.did], { lines: 2 })
  await show(maria.seat, [
    'grant',
    'doctor',
    '--compartment',
    'laboratory',
    '--purpose',
    'TREAT',
    '--until',
    '30d',
  ])
  const reading = await show(doctor.seat, ['record', 'show', record.id, '--purpose', 'TREAT'], { lines: 8 })
  const source = await readFile(maria.bundleFile, 'utf8')
  if (!source.includes(reading.stdout.trim()))
    throw new Error('The record is not the text that was imported.')
  say('    (byte for byte the text of the file that was imported)')

  say('')
  say('6. The patient revokes; the doctor is refused from that block on.')
  const { grants } = await ask<{ grants: { grantId: string }[] }>(maria.seat, ['grants'])
  const own = grants.at(-1)
  if (!own) throw new Error('The patient has no grant to revoke.')
  await show(maria.seat, ['revoke', own.grantId])
  await show(doctor.seat, ['record', 'show', record.id], { expect: 3 })

  say('')
  say('7. The patient sees who asked, and checks the logs of all institutions against the chain.')
  await show(maria.seat, ['audit', '--verify'], { lines: 14 })
  return { recordId: record.id }
}
