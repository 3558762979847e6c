import {
  accounts,
  type Compartment,
  chartGuardianships,
  envelopeDeliver,
  type Guardianship,
  guardedCharts,
  guardianships,
  type KeyringChart,
  positionKey,
  type ReadView,
  sealGrant,
} from '@medchain/core'
import { readState } from '../client/proven-state.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import { provenGuardians } from '../guarding/chart-guardians.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import type { Session } from '../wallet/session.ts'
import type { KeyHolders } from './key-holders.ts'
import { presentEpochOf } from './present-epoch.ts'

/** Seals all epochs to one guardian, under the guardianship's id; nothing for an account that is suspended. */
export const handOverToGuardian = async (
  { client, networkId, identity }: Session,
  chart: KeyringChart,
  { guardianshipId, guardian }: Pick<Guardianship, 'guardianshipId' | 'guardian'>,
): Promise<void> => {
  const account = await readState(client, accounts.schema, accounts.keyOf(guardian))
  if (account?.status !== 'active') return
  const content = {
    grantId: guardianshipId,
    chart: chart.chartId,
    epoch: chart.epochs.at(-1)?.epoch ?? 0,
    person: identity.id,
    compartment: chart.compartment as Compartment,
    keys: { type: 'epochs', secrets: chart.epochs } as const,
  }
  const sealed = valueOrFail(await sealGrant(account.sealingKey, { networkId, grantee: guardian }, content))
  await client.call(
    envelopeDeliver,
    { grantee: guardian, grantId: guardianshipId, sealed },
    chartActor(chart),
  )
}

/** All that a chart ever appointed. */
const guardiansOf = (view: ReadView, chart: Uint8Array): readonly Guardianship[] => {
  const count = view.get(guardedCharts, chart)?.count ?? 0
  return Array.from({ length: count }, (_, position) => {
    const id = view.get(chartGuardianships, chart, positionKey(position))
    return id && view.get(guardianships, id)
  }).filter((guardianship) => guardianship !== undefined)
}

/** Those who act for the patient: out at the end, at majority, and where the chart is reserved. */
export const guardians: KeyHolders = {
  isDue(view, head, id) {
    const opening = presentEpochOf(view, id)
    if (opening === undefined) return false
    return guardiansOf(view, id).some(({ endedHeight, untilMs }) =>
      endedHeight === undefined
        ? untilMs <= head.timeMs && untilMs > opening.timeMs
        : endedHeight >= opening.height,
    )
  },
  async handOver(session, chart) {
    const { headTimeMs } = await session.client.status('fresh')
    const timeMs = Math.max(headTimeMs, session.now())
    const found = await provenGuardians(session.client, chart.chartId)
    const errors: CommandError[] = []
    for (const guardianship of found.isReserved ? [] : found.guardianships) {
      if (guardianship.endedHeight !== undefined || guardianship.untilMs <= timeMs) continue
      try {
        await handOverToGuardian(session, chart, guardianship)
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        errors.push(error)
      }
    }
    return errors
  },
}
