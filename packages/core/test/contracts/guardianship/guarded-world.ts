import type { GrantTerms, Purpose } from '../../../src/access/index.ts'
import {
  anchoringSchema,
  appointGuardian,
  batchIdOf,
  decideAccess,
  endGuardianship,
  enrol,
  type GuardianshipTerms,
  giveGrantFor,
  guardianshipIdOf,
  recordIdOf,
  reserveChart,
  revokeGrantFor,
  stateIncapacity,
} from '../../../src/contracts/index.ts'
import { unwrap } from '../../../src/encoding/index.ts'
import type { PersonRole } from '../../../src/identity/index.ts'
import { createReadView } from '../../../src/state/index.ts'
import { createWorld, fakeBytes, type Party, party, registerChart, terms } from '../world.ts'

export const DAY_MS = 86_400_000

export const north = party('north')
export const south = party('south')

export const codeOf = (outcome: { readonly ok: boolean; readonly code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)

/** A chart with one record of north's, a mother, an uncle, a stranger of role guardian, and three clinicians. */
export const createGuardedWorld = () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  const nonce = fakeBytes('batch', 16)
  const batchId = batchIdOf(chart.id, north.id, nonce)
  const anchor = {
    commitment: fakeBytes('c'),
    ciphertextDigest: fakeBytes('d'),
    envelopeDigest: fakeBytes('e'),
  }
  unwrap(
    world.run(
      'records.anchor',
      anchoringSchema,
      { chart: chart.id, batchId, nonce, epoch: 0, anchors: [anchor] },
      north,
    ),
  )
  const enrolled = (name: string, role: PersonRole, sponsor: Party): Party => {
    const keys = party(name)
    unwrap(world.run(enrol.kind, enrol.payload, { role, ...keys }, sponsor, keys))
    return keys
  }
  const people = {
    mother: enrolled('mother', 'guardian', north),
    uncle: enrolled('uncle', 'guardian', south),
    stranger: enrolled('stranger', 'guardian', south),
    analyst: enrolled('analyst', 'practitioner', party('institute')),
    doctor: enrolled('doctor', 'practitioner', south),
    surgeon: enrolled('surgeon', 'practitioner', north),
    nurse: enrolled('nurse', 'practitioner', north),
  }
  const termsOf = (
    name: string,
    guardian: Party,
    changes: Partial<GuardianshipTerms> = {},
  ): GuardianshipTerms => ({
    guardianshipId: guardianshipIdOf(chart.id, fakeBytes(name)),
    guardian: guardian.id,
    kind: 'parent',
    fromMs: world.now(),
    untilMs: world.now() + 30 * DAY_MS,
    documentHash: undefined,
    termsDigest: fakeBytes(name),
    ...changes,
  })
  return {
    ...world,
    ...people,
    chart,
    termsOf,
    appoint: (given: GuardianshipTerms, sender: Party = chart) =>
      codeOf(world.run(appointGuardian.kind, appointGuardian.payload, given, sender)),
    end: (guardianshipId: Uint8Array, sender: Party) =>
      codeOf(world.run(endGuardianship.kind, endGuardianship.payload, { guardianshipId }, sender)),
    reserve: (isReserved: boolean, sender: Party = chart) =>
      codeOf(world.run(reserveChart.kind, reserveChart.payload, { isReserved }, sender)),
    state: (guardianshipId: Uint8Array, sender: Party, isIncapable = true) =>
      codeOf(
        world.run(stateIncapacity.kind, stateIncapacity.payload, { guardianshipId, isIncapable }, sender),
      ),
    view: () => createReadView(world.state),
    grantTerms: (name: string, grantee: Party, changes: Partial<GrantTerms> = {}) =>
      terms(world, name, chart.id, grantee, changes),
    grantFor: (given: GrantTerms, sender: Party) =>
      codeOf(world.run(giveGrantFor.kind, giveGrantFor.payload, { chart: chart.id, terms: given }, sender)),
    revokeFor: (grantId: Uint8Array, sender: Party) =>
      codeOf(world.run(revokeGrantFor.kind, revokeGrantFor.payload, { chart: chart.id, grantId }, sender)),
    read: (actor: Party, purpose: Purpose = 'PATRQT') =>
      decideAccess(createReadView(world.state), {
        actor: actor.id,
        chart: chart.id,
        recordId: recordIdOf(batchId, 0),
        purpose,
        mode: 'read',
        timeMs: world.now(),
        scopeProof: undefined,
      }),
  }
}
