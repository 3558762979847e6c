import { type Compartment, equalBytes, type GuardianKind } from '@medchain/core'
import { fail } from '../command-error.ts'
import type { Acting } from '../reading/acting.ts'
import { type ReceivedGrant, receivedGrants } from '../reading/granted-keys.ts'
import { sideBySide } from '../rotating/side-by-side.ts'
import {
  type GuardianState,
  guardianState,
  provenGuardians,
  provenGuardianship,
  provenStatements,
} from './chart-guardians.ts'

/** A chart in which the person in use acts for its patient, with the keys that came for it. */
export interface GuardedChart {
  readonly guardianshipId: Uint8Array
  readonly chart: Uint8Array
  readonly compartment: Compartment
  readonly person: Uint8Array
  readonly kind: GuardianKind
  readonly untilMs: number
  readonly state: GuardianState
  readonly received: ReceivedGrant
}

/** Everything that was handed to the person as a guardian, and how it stands by the chain. */
export const receivedGuardianships = async (acting: Acting): Promise<readonly GuardedChart[]> => {
  const { client } = acting
  const { headTimeMs } = await client.status('fresh')
  const timeMs = Math.max(headTimeMs, acting.now())
  const found = await sideBySide(await receivedGrants(acting), async (received) => {
    const guardianship = await provenGuardianship(client, received.grantId)
    const isOwn =
      guardianship &&
      equalBytes(guardianship.guardian, acting.identity.id) &&
      equalBytes(guardianship.chart, received.chart)
    if (!isOwn) return undefined
    const [{ isReserved }, statements] = await Promise.all([
      provenGuardians(client, received.chart),
      guardianship.kind === 'proxy' ? provenStatements(client, received.grantId) : [],
    ])
    const { guardianshipId, chart, kind, untilMs } = guardianship
    const { compartment, person } = received
    const state = guardianState(guardianship, { isReserved, clinicians: statements.length }, timeMs)
    return { guardianshipId, chart, compartment, person, kind, untilMs, state, received }
  })
  return found.filter((each) => each !== undefined)
}

/** Charts of one person in which one acts now; `guardian.*` says why there is none. */
export const chartsActedFor = async (
  acting: Acting,
  subject: { readonly id: Uint8Array; readonly name: string },
): Promise<readonly GuardedChart[]> => {
  const all = (await receivedGuardianships(acting)).filter(({ person }) => equalBytes(person, subject.id))
  const active = all.filter(({ state }) => state === 'active')
  if (active.length > 0) return active
  const [last] = all.toReversed()
  return last === undefined
    ? fail('guardian.none', `You are no guardian of ${subject.name}.`)
    : fail(`guardian.${last.state}`, `You do not act for ${subject.name} now: ${last.state}.`)
}
