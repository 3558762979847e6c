import {
  appointOfficer,
  closeEmergency,
  coSignEmergency,
  declareEmergency,
  type EmergencyDeclaration,
  emergencyCustodiansOf,
  emergencyIdOf,
  emergencyThreshold,
  enrol,
  optOut,
  possibleCustodians,
  prepareShares,
  reviewEmergency,
} from '../../src/contracts/index.ts'
import type { PersonRole } from '../../src/identity/index.ts'
import { createReadView } from '../../src/state/index.ts'
import { createWorld, fakeBytes, type Party, party, registerChart, type World } from './world.ts'

export const codeOf = (outcome: { ok: boolean; code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)

/** Emergencies in a world of four institutions, each answer as its code. */
export const createEmergencyWorld = () => {
  const world: World = createWorld()
  const north = party('north')
  const south = party('south')
  let count = 0

  const enrolAs = (name: string, role: PersonRole, sponsor: Party): Party => {
    const person = party(name)
    world.run(enrol.kind, enrol.payload, { role, ...person }, sponsor, person)
    return person
  }
  const preparation = (chart: Party, epoch = 0) => {
    const custodians = emergencyCustodiansOf(chart.id, epoch, possibleCustodians(createReadView(world.state)))
    const shares = custodians.map((institution, index) => ({
      institution,
      digest: fakeBytes(`share ${index}`),
    }))
    return { epoch, setId: fakeBytes('set'), threshold: emergencyThreshold(custodians.length), shares }
  }
  const prepare = (chart: Party, changes: Partial<ReturnType<typeof preparation>> = {}): string =>
    codeOf(world.run(prepareShares.kind, prepareShares.payload, { ...preparation(chart), ...changes }, chart))
  /** The code, and the id that the emergency has or would have. */
  const declare = (declarer: Party, chart: Party, changes: Partial<EmergencyDeclaration> = {}) => {
    const nonce = fakeBytes(`nonce ${count++}`, 16)
    const payload: EmergencyDeclaration = {
      chart: chart.id,
      nonce,
      reason: 'unconscious',
      detailsDigest: fakeBytes('details'),
      durationMs: 3_600_000,
      coSigner: undefined,
      ...changes,
    }
    const code = codeOf(world.run(declareEmergency.kind, declareEmergency.payload, payload, declarer))
    return { code, id: emergencyIdOf(declarer.id, chart.id, nonce) }
  }
  return {
    world,
    north,
    south,
    chart: registerChart(world, 'chart', north),
    view: () => createReadView(world.state),
    enrolAs,
    preparation,
    prepare,
    declare,
    optOut: (chart: Party) => codeOf(world.run(optOut.kind, optOut.payload, {}, chart)),
    coSign: (by: Party, id: Uint8Array) =>
      codeOf(world.run(coSignEmergency.kind, coSignEmergency.payload, { id }, by)),
    close: (by: Party, id: Uint8Array) =>
      codeOf(world.run(closeEmergency.kind, closeEmergency.payload, { id }, by)),
    review: (by: Party, id: Uint8Array, isJustified = true) =>
      codeOf(world.run(reviewEmergency.kind, reviewEmergency.payload, { id, isJustified }, by)),
    appoint: (by: Party, officer: Party, isAppointed = true) =>
      codeOf(
        world.run(appointOfficer.kind, appointOfficer.payload, { account: officer.id, isAppointed }, by),
      ),
  }
}
