import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { ofTheirCharts } from '../../src/reading/granted-keys.ts'
import { COMPARTMENT, chartOf, createPatientBed } from '../rotating/patient-bed.ts'

test('keys that a patient sealed for somebody else’s chart are left out', async () => {
  const bed = await createPatientBed()
  try {
    const session = await bed.session()
    const doctor = await bed.enrol('doctor')
    const { grantId } = await bed.give(session, doctor)
    const place = { grantId, epoch: 0, person: session.identity.id, compartment: COMPARTMENT }
    const own = { ...place, chart: chartOf(session).chartId }
    const foreign = { ...place, chart: new Uint8Array(32).fill(7) }
    const unknown = { ...own, grantId: new Uint8Array(32).fill(8) }
    equal(await ofTheirCharts(session.client, [foreign, own, unknown]), [own])
    equal(await ofTheirCharts(session.client, []), [])
  } finally {
    await bed.close()
  }
})

test.run()
