import {
  emergencyCustodiansOf,
  emergencyKeepShares,
  emergencyThreshold,
  type KeyringChart,
  prepareShares,
  sealEmergencyShare,
  splitSecret,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { TransactionOutcome } from '../client/api-types.ts'
import type { NodeClient } from '../client/node-client.ts'
import { provenMembers } from '../client/proven-members.ts'
import { submitAs } from '../client/submit-as.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import { bytesOfHex, idOfDid } from '../reading/chain-facts.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import { shuffled } from '../wallet/shuffled.ts'

interface Custodian {
  readonly id: Uint8Array
  readonly sealingKey: Uint8Array
}

interface Preparing {
  readonly client: NodeClient
  readonly networkId: Uint8Array
  readonly now: () => number
}

/** One epoch of a chart whose secret is to be split among custodians. */
export interface EpochToPrepare {
  readonly chart: KeyringChart
  readonly epoch: number
}

export interface PreparedEpoch extends EpochToPrepare {
  readonly transaction: TransactionOutcome
}

export interface FailedPreparation extends EpochToPrepare {
  readonly error: CommandError
}

/** Institutions that may be custodians, as the chain proves them. */
const possibleCustodians = async (client: NodeClient): Promise<readonly Custodian[]> =>
  (await provenMembers(client))
    .filter(({ status }) => status === 'active')
    .map(({ did, sealingKey }) => ({ id: idOfDid(did), sealingKey: bytesOfHex(sealingKey) }))

const prepareOne = async (
  { client, networkId, now }: Preparing,
  institutions: readonly Custodian[],
  { chart, epoch }: EpochToPrepare,
): Promise<TransactionOutcome> => {
  const secret = chart.epochs.find((each) => each.epoch === epoch)?.secret
  if (secret === undefined) throw new CommandError('emergency.epoch', 'The keyring lacks the epoch’s key.')
  const { chartId } = chart
  const all = institutions.map(({ id }) => id)
  const custodians = emergencyCustodiansOf(chartId, epoch, all)
  const setId = nodeCiphers.randomBytes(32)
  const threshold = emergencyThreshold(custodians.length)
  const { set, shares } = await splitSecret(secret, { setId, count: custodians.length, threshold })
  const actor = chartActor(chart)
  const digests = custodians.map((institution, position) => ({
    institution,
    digest: set.digests[position] as Uint8Array,
  }))
  const payload = { epoch, setId, threshold, shares: digests }
  const transaction = await submitAs(client, actor, prepareShares, payload, { timeMs: now() })
  const sealed = await Promise.all(
    custodians.map(async (custodian, position) => {
      const key = institutions.find(({ id }) => id === custodian)?.sealingKey as Uint8Array
      const place = { networkId, chart: chartId, epoch, setId, custodian }
      const share = shares[position] as Uint8Array
      return { institution: custodian, sealed: valueOrFail(await sealEmergencyShare(key, place, share)) }
    }),
  )
  const height = transaction.height ?? 0
  await client.call(emergencyKeepShares, { epoch, setId, height, shares: sealed }, actor)
  return transaction
}

/**
 * Leaves charts open to emergencies: splits each epoch secret among the custodians of now, one transaction each, and
 * hands the shares over. What fails is told, and can be done again.
 */
export const prepareEpochs = async (
  preparing: Preparing,
  epochs: readonly EpochToPrepare[],
): Promise<{
  readonly prepared: readonly PreparedEpoch[]
  readonly failed: readonly FailedPreparation[]
}> => {
  const prepared: PreparedEpoch[] = []
  const failed: FailedPreparation[] = []
  if (epochs.length === 0) return { prepared, failed }
  const institutions = await possibleCustodians(preparing.client)
  await Promise.all(
    shuffled(epochs).map(async (each) => {
      try {
        prepared.push({ ...each, transaction: await prepareOne(preparing, institutions, each) })
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        failed.push({ ...each, error })
      }
    }),
  )
  return { prepared, failed }
}

/** All epochs that the keyring has of a chart. */
export const epochsOf = (chart: KeyringChart): readonly EpochToPrepare[] =>
  chart.epochs.map(({ epoch }) => ({ chart, epoch }))
