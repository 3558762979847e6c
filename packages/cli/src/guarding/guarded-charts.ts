import { type Compartment, equalBytes, type GuardianKind, guardianships } from '@medchain/core'
import { readProven } from '../client/proven-view.ts'
import { fail } from '../command-error.ts'
import type { Acting } from '../reading/acting.ts'
import { type ReceivedGrant, receivedGrants } from '../reading/granted-keys.ts'
import { type GuardianState, guardianState } from './chart-guardians.ts'

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
  const { client, identity, now } = acting
  const all = await receivedGrants(acting)
  return readProven(client, (view, head) =>
    all.flatMap((received): readonly GuardedChart[] => {
      const guardianship = view.get(guardianships, received.grantId)
      const isOwn =
        guardianship &&
        equalBytes(guardianship.guardian, identity.id) &&
        equalBytes(guardianship.chart, received.chart)
      if (!isOwn) return []
      const { guardianshipId, chart, kind, untilMs } = guardianship
      const { compartment, person } = received
      const state = guardianState(view, guardianship, Math.max(head.timeMs, now()))
      return [{ guardianshipId, chart, compartment, person, kind, untilMs, state, received }]
    }),
  )
}

/** Charts of one person in which one acts now; `guardian.*` says why there is none. */
export const chartsActedFor = async (
  acting: Acting,
  subject: { readonly id: Uint8Array; readonly name: string },
): Promise<readonly GuardedChart[]> => {
  const all = (await receivedGuardianships(acting)).filter(({ person }) => equalBytes(person, subject.id))
  const active = all.filter(({ state }) => state === 'active')
  if (active.length > 0) return active
  // A chart that is kept back says nothing of how the office itself stands.
  const last = all.findLast(({ state }) => state !== 'reserved') ?? all.at(-1)
  return last === undefined
    ? fail('guardian.none', `You are no guardian of ${subject.name}.`)
    : fail(`guardian.${last.state}`, `You do not act for ${subject.name} now: ${last.state}.`)
}
