import {
  custodianShares,
  type EmergencyChoice,
  emergencyCustodiansOf,
  emergencyReady,
  equalBytes,
  hexFromBytes,
  type KeyringChart,
  positionKey,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import type { ProvenMember } from '../client/proven-members.ts'
import { readState } from '../client/proven-state.ts'
import { CommandError } from '../command-error.ts'
import { idOfDid } from '../reading/chain-facts.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import { provenChoice } from './chain-emergencies.ts'

export interface CustodianReadiness {
  readonly institution: Uint8Array
  /** Epochs that it holds a fitting share of; undefined when it does not answer. */
  readonly epochs: readonly number[] | undefined
}

/** How well a chart's keys are kept for emergencies. */
export interface ChartReadiness {
  readonly chart: KeyringChart
  readonly choice: EmergencyChoice | undefined
  readonly custodians: readonly CustodianReadiness[]
  /** Custodians that hold their share of every epoch. */
  readonly ready: number
  /** How many open it. */
  readonly needed: number
  /** Epochs of the keyring whose shares are missing, lie with the wrong custodians, or are not all there. */
  readonly toRenew: readonly number[]
}

const askReady = async (
  client: NodeClient,
  chart: KeyringChart,
  institution: Uint8Array,
): Promise<CustodianReadiness> => {
  try {
    const { epochs } = await client.call(emergencyReady, [], chartActor(chart), { node: institution })
    return { institution, epochs }
  } catch (error) {
    if (error instanceof CommandError) return { institution, epochs: undefined }
    throw error
  }
}

/** Asks every custodian of a chart whether it holds a share that fits the chain. */
export const readinessOf = async (
  client: NodeClient,
  members: readonly ProvenMember[],
  chart: KeyringChart,
): Promise<ChartReadiness> => {
  const choice = await provenChoice(client, chart.chartId)
  if (!choice?.isEligible) return { chart, choice, custodians: [], ready: 0, needed: 0, toRenew: [] }
  const present = members.filter(({ status }) => status === 'active').map(({ did }) => idOfDid(did))
  const sets = await Promise.all(
    chart.epochs.map(async ({ epoch }) => {
      const key = custodianShares.keyOf(chart.chartId, positionKey(epoch))
      return { epoch, set: await readState(client, custodianShares.schema, key) }
    }),
  )
  const institutions = new Map(
    sets
      .flatMap(({ set }) => set?.shares ?? [])
      .map(({ institution }) => [hexFromBytes(institution), institution]),
  )
  const custodians = await Promise.all(
    [...institutions.values()].map((institution) => askReady(client, chart, institution)),
  )
  const has = ({ epochs }: CustodianReadiness, epoch: number): boolean => epochs?.includes(epoch) ?? false
  const toRenew = sets.flatMap(({ epoch, set }) => {
    const expected = emergencyCustodiansOf(chart.chartId, epoch, present)
    const isRight =
      set !== undefined &&
      set.shares.length === expected.length &&
      expected.every((id) => set.shares.some(({ institution }) => equalBytes(institution, id)))
    // Who does not answer may hold its share all the same.
    const isThere = custodians.every((each) => each.epochs === undefined || has(each, epoch))
    return isRight && isThere ? [] : [epoch]
  })
  return {
    chart,
    choice,
    custodians,
    ready: custodians.filter((each) => chart.epochs.every(({ epoch }) => has(each, epoch))).length,
    needed: Math.max(0, ...sets.map(({ set }) => set?.threshold ?? 0)),
    toRenew,
  }
}
