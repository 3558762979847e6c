import {
  accounts,
  type Compartment,
  envelopeDeliver,
  type Guardianship,
  guardianshipsOfChart,
  type KeyringChart,
  sealGrant,
} from '@medchain/core'
import { readProven } from '../client/proven-view.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import { guardiansIn, holdsKeys } from '../guarding/chart-guardians.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import type { Session } from '../wallet/session.ts'
import type { KeyHolders } from './key-holders.ts'
import { presentEpochOf } from './present-epoch.ts'

type Appointed = Pick<Guardianship, 'guardianshipId' | 'guardian'>

/** Seals all epochs to one guardian, under the guardianship's id; nothing for an account that is suspended. */
export const handOverToGuardian = async (
  { client, networkId, identity }: Session,
  chart: KeyringChart,
  { guardianshipId, guardian }: Appointed,
): Promise<void> => {
  const account = await readProven(client, (view) => view.get(accounts, guardian))
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

/** Those who act for the patient: out at the end, at majority, and where the chart is reserved. */
export const guardians: KeyHolders = {
  isDue(view, head, id) {
    const opening = presentEpochOf(view, id)
    if (opening === undefined) return false
    return guardianshipsOfChart(view, id).some(({ endedHeight, untilMs }) =>
      endedHeight === undefined
        ? untilMs <= head.timeMs && untilMs > opening.timeMs
        : endedHeight >= opening.height,
    )
  },
  async handOver(session, chart) {
    const { client, now } = session
    const { stated } = await readProven(client, (view, head) =>
      guardiansIn(view, chart.chartId, Math.max(head.timeMs, now())),
    )
    const errors: CommandError[] = []
    for (const { guardianship } of stated.filter(holdsKeys)) {
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
