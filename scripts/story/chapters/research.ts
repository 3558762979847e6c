import { ask, say, show } from '../stage.ts'
import type { Patient, People } from './enrol-people.ts'

const consent = async (people: People, patient: Patient): Promise<void> => {
  const { clinician, researcher } = people
  await ask(clinician.seat, ['record', 'import', patient.bundleFile, '--subject', patient.did])
  await ask(patient.seat, [
    'grant',
    researcher.did,
    '--compartment',
    'general',
    '--purpose',
    'HRESCH',
    '--until',
    '30d',
  ])
}

const QUERY = 'Condition?code=http://snomed.info/sct|38341003'

export const research = async (people: People): Promise<void> => {
  const { clinician, researcher, maria, others } = people
  say('')
  say('8. A researcher asks what was consented to. One consenting patient is too few to be counted.')
  const grantArgs = [
    'grant',
    researcher.did,
    '--compartment',
    'general',
    '--purpose',
    'HRESCH',
    '--until',
    '30d',
  ]
  await show(maria.seat, grantArgs, { lines: 6 })
  await show(researcher.seat, ['query', 'Patient', '--count', '--purpose', 'HRESCH'], { lines: 6 })
  say(`    ${others.length} more patients consent …`)
  const queue = [...others]
  const work = async (): Promise<void> => {
    for (let patient = queue.shift(); patient; patient = queue.shift()) await consent(people, patient)
  }
  await Promise.all([work(), work()])
  await show(researcher.seat, ['query', 'Patient', '--count', '--purpose', 'HRESCH'], { lines: 6 })
  say('    The hospital counts its own patients exactly, for its own operations:')
  await show(clinician.seat, ['query', QUERY, '--count', '--purpose', 'HOPERAT'], { lines: 6 })
}
