import { withPeople } from '../records/people-stage.ts'
import type { Scenario } from './scenario.ts'

/** One `medchain record import` of a folder of FHIR bundles. */
export const importing: Scenario = (pace) =>
  withPeople(pace, async ({ importOnce }) => {
    const { resources, seconds } = await importOnce()
    pace.say(`${resources} resources in ${seconds.toFixed(1)} s, start of the command included`)
    const name = 'FHIR resources'
    return [{ scenario: 'import', name, value: resources / seconds, unit: 'per second', atLeast: 1_500 }]
  })
