import {
  type Chart,
  chartEpochs,
  chartRotationMessage,
  charts as chartTable,
  equalBytes,
  type Keyring,
  type KeyringChart,
  openEpoch,
  positionKey,
  rotateChart,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { readState } from '../client/proven-state.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
import { CommandError, fail } from '../command-error.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import { type PreparedKeys, preparedKeysOf, samePrepared, withPreparedKeys } from '../wallet/prepared-keys.ts'
import type { Session } from '../wallet/session.ts'
import { shuffled } from '../wallet/shuffled.ts'
import { custodians } from './custodians.ts'
import { grantees } from './grantees.ts'
import { guardians } from './guardians.ts'
import type { KeyHolders } from './key-holders.ts'

/** Whoever else comes to have epochs' secrets is listed here. */
export const KEY_HOLDERS: readonly KeyHolders[] = [grantees, guardians, custodians]

/** How it went with one chart; without an error everybody who remains has the new epoch's secret. */
export interface ChartOutcome {
  readonly chart: KeyringChart
  readonly error: CommandError | undefined
}

const sameId = (id: Uint8Array) => (item: { readonly chartId: Uint8Array }) => equalBytes(item.chartId, id)

const chartIn = ({ charts }: Keyring, id: Uint8Array): KeyringChart =>
  charts.find(sameId(id)) ?? fail('chart.not-found', 'The keyring has no such chart.')

const asError = (error: unknown): CommandError => {
  if (error instanceof CommandError) return error
  throw error
}

const provenChart = async ({ client }: Session, chart: Uint8Array): Promise<Chart> =>
  (await readState(client, chartTable.schema, chartTable.keyOf(chart))) ??
  fail('chart.not-found', 'A chart of yours is not on the chain.', 'medchain register completes it.')

/** Makes what is missing; durable here and at the node before the chain sees any of it. */
export const prepareKeys = async ({ keyring }: Session, chartIds: readonly Uint8Array[]): Promise<void> => {
  const prepared = preparedKeysOf(keyring.current())
  const missing = chartIds.filter((id) => !prepared.some(sameId(id)))
  if (missing.length > 0) {
    const made = missing.map((chartId) => ({
      chartId,
      epochSecret: nodeCiphers.randomBytes(32),
      controllerSeed: undefined,
    }))
    await keyring.save((current) => withPreparedKeys(current, [...preparedKeysOf(current), ...made]))
  }
  if (!(await keyring.push()))
    fail('node.unreachable', 'The new keys are not at the node yet, so the chain is not told of them.')
}

/** The number under which the chain has an epoch key, of those that the keyring does not know. */
const findEpoch = async (
  { client }: Session,
  { chartId, epochs }: KeyringChart,
  state: Chart,
  epochKey: Uint8Array,
): Promise<number | undefined> => {
  if (equalBytes(state.epochKey, epochKey)) return state.epoch
  for (let epoch = (epochs.at(-1)?.epoch ?? -1) + 1; epoch < state.epoch; epoch++) {
    const key = chartEpochs.keyOf(chartId, positionKey(epoch))
    const found = await readState(client, chartEpochs.schema, key)
    if (found && equalBytes(found.epochKey, epochKey)) return epoch
  }
  return undefined
}

const signedRotation = (
  { networkId, now }: Session,
  chart: KeyringChart,
  { epochSecret, controllerSeed }: PreparedKeys,
): Uint8Array => {
  const epochKey = nodeCiphers.x25519Public(epochSecret)
  const place = { networkId, sender: chart.chartId, timeMs: now() }
  if (controllerSeed === undefined) {
    const { kind, payload: schema } = openEpoch
    return signTransaction(createTransactionBody({ ...place, kind, schema, payload: { epochKey } }), [
      chartActor(chart),
    ])
  }
  const keys = { controllerKey: nodeCiphers.ed25519Public(controllerSeed), epochKey }
  const message = chartRotationMessage(networkId, chart.chartId, keys)
  const payload = { ...keys, possession: nodeCiphers.ed25519Sign(controllerSeed, message) }
  const { kind, payload: schema } = rotateChart
  return signTransaction(createTransactionBody({ ...place, kind, schema, payload }), [chartActor(chart)])
}

/** What the chain has of prepared keys, after it was asked to take them. */
const putOnChain = async (session: Session, prepared: PreparedKeys): Promise<KeyringChart> => {
  const chart = chartIn(session.keyring.current(), prepared.chartId)
  // What the keyring has among the epochs was on the chain before: only its handing over may be left.
  if (chart.epochs.some(({ secret }) => equalBytes(secret, prepared.epochSecret))) return chart
  const epochKey = nodeCiphers.x25519Public(prepared.epochSecret)
  const find = async () => findEpoch(session, chart, await provenChart(session, chart.chartId), epochKey)
  let epoch = await find()
  if (epoch === undefined) {
    const { controllerKey } = await provenChart(session, chart.chartId)
    if (!equalBytes(controllerKey, nodeCiphers.ed25519Public(chart.controllerSeed)))
      fail('chart.taken-over', `The chart for ${chart.compartment} has a controller that is not yours.`)
    await session.client.submit(signedRotation(session, chart, prepared), true)
    epoch = await find()
  }
  return epoch === undefined
    ? fail('proof.false', 'The node told of a new epoch that the chain does not have.')
    : withKeys(chart, prepared, epoch)
}

const withKeys = (
  chart: KeyringChart,
  { controllerSeed = chart.controllerSeed, epochSecret }: PreparedKeys,
  epoch: number,
): KeyringChart => {
  const known = chart.epochs.filter((entry) => entry.epoch !== epoch)
  const epochs = [...known, { epoch, secret: epochSecret }].sort((a, b) => a.epoch - b.epoch)
  return { ...chart, controllerSeed, epochs }
}

/** Takes into the keyring what the chain has of the prepared keys, and gives the rest up. */
export const settlePrepared = async (session: Session): Promise<void> => {
  const { keyring } = session
  const settled: KeyringChart[] = []
  for (const item of preparedKeysOf(keyring.current())) {
    const chart = settled.find(sameId(item.chartId)) ?? chartIn(keyring.current(), item.chartId)
    const state = await provenChart(session, item.chartId)
    const epoch = await findEpoch(session, chart, state, nodeCiphers.x25519Public(item.epochSecret))
    if (epoch !== undefined) settled.unshift(withKeys(chart, item, epoch))
  }
  await keyring.save((current) => withPreparedKeys(withCharts(current, settled), []))
}

const withCharts = (keyring: Keyring, changed: readonly KeyringChart[]): Keyring => ({
  ...keyring,
  charts: keyring.charts.map((chart) => changed.find(sameId(chart.chartId)) ?? chart),
})

/** Hands the epochs of a chart to all who remain; whoever opened the present one does, if that was not this machine. */
const handOver = async (session: Session, chart: KeyringChart): Promise<CommandError | undefined> => {
  try {
    const { epoch } = await provenChart(session, chart.chartId)
    if (!chart.epochs.some((entry) => entry.epoch === epoch))
      return new CommandError(
        'keyring.behind',
        `The present epoch of ${chart.compartment} was opened by another machine, and its key is not known here.`,
        'Was it none of yours? Then somebody has your words: medchain id rotate NAME.',
      )
    for (const holders of KEY_HOLDERS) {
      const [error] = await holders.handOver(session, chart)
      if (error) return error
    }
    return undefined
  } catch (error) {
    return asError(error)
  }
}

/**
 * Brings what is prepared for these charts to its end: the chain has the new keys, the keyring knows it, and
 * whoever remains entitled has them. Each step may have been done before; what fails stays prepared.
 */
export const finishPrepared = async (
  session: Session,
  chartIds: readonly Uint8Array[],
): Promise<readonly ChartOutcome[]> => {
  const { keyring } = session
  const mine = preparedKeysOf(keyring.current()).filter(({ chartId }) =>
    chartIds.some((id) => equalBytes(id, chartId)),
  )
  const failed: ChartOutcome[] = []
  const onChain: { readonly item: PreparedKeys; readonly chart: KeyringChart }[] = []
  await Promise.all(
    shuffled(mine).map(async (item) => {
      try {
        onChain.push({ item, chart: await putOnChain(session, item) })
      } catch (error) {
        failed.push({ chart: chartIn(keyring.current(), item.chartId), error: asError(error) })
      }
    }),
  )
  if (onChain.length === 0) return failed
  await keyring.save((current) =>
    withCharts(
      current,
      onChain.map(({ chart }) => chart),
    ),
  )
  const handed = await Promise.all(
    onChain.map(async ({ item, chart }) => ({ item, chart, error: await handOver(session, chart) })),
  )
  const done = handed.filter(({ error }) => error === undefined)
  await keyring.save((current) =>
    withPreparedKeys(
      current,
      preparedKeysOf(current).filter((item) => !done.some((each) => samePrepared(each.item, item))),
    ),
  )
  await keyring.push()
  return [...failed, ...handed.map(({ chart, error }) => ({ chart, error }))]
}

/** Begins a new epoch on each chart and seals it to those who remain. Nothing is thrown: a chart that failed waits. */
export const rotateCharts = async (
  session: Session,
  chartIds: readonly Uint8Array[],
): Promise<readonly ChartOutcome[]> => {
  try {
    await prepareKeys(session, chartIds)
  } catch (error) {
    const reason = asError(error)
    return chartIds.map((id) => ({ chart: chartIn(session.keyring.current(), id), error: reason }))
  }
  return finishPrepared(session, chartIds)
}
