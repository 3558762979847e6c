import {
  accountIdFromDid,
  equalBytes,
  type Keyring,
  type KeyringChart,
  keyringWrite,
  type PersonHistory,
  personFind,
  personRotate,
  signRotation,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { findChart } from '../client/accounts.ts'
import { signedRequestOf } from '../client/signed-request.ts'
import { CommandError, fail, valueOrFail } from '../command-error.ts'
import { mergeKeyrings } from '../wallet/merge-keyrings.ts'
import { type PreparedKeys, preparedKeysOf, withPreparedKeys } from '../wallet/prepared-keys.ts'
import { actorOfKeys, inceptionOf } from '../wallet/secrets.ts'
import type { Session } from '../wallet/session.ts'
import { dropKeyChange, type KeyChange, readNextKeyring, writeNextKeyring } from './key-change.ts'
import { settlePrepared } from './rotate-charts.ts'

const ROTATE_TIMEOUT_MS = 60_000

interface OnChain {
  readonly charts: readonly KeyringChart[]
  /** Institution that registered the person. */
  readonly sponsor: Uint8Array
}

const chartsOnChain = async ({ client, keyring }: Session): Promise<OnChain> => {
  const { charts } = keyring.current()
  const facts = await Promise.all(charts.map(({ chartId }) => findChart(client, chartId)))
  const registered = charts.filter((_, index) => facts[index] !== undefined)
  const sponsor = facts.find((each) => each !== undefined)?.sponsor
  return sponsor === undefined
    ? fail(
        'identity.unknown',
        'No chart of yours is on the chain, so nobody knows your keys yet.',
        'medchain id create makes another identity; medchain register puts one on the chain.',
      )
    : { charts: registered, sponsor: valueOrFail(accountIdFromDid(sponsor)) }
}

const newKeysFor = ({ chartId }: KeyringChart): PreparedKeys => ({
  chartId,
  epochSecret: nodeCiphers.randomBytes(32),
  controllerSeed: nodeCiphers.randomBytes(32),
})

/** The keyring for the next keys: a new controller and epoch for every chart, which the keys before never see. */
const nextKeyring = async (
  change: KeyChange,
  session: Session,
  charts: readonly KeyringChart[],
): Promise<Keyring> => {
  const current = session.keyring.current()
  const begun = await readNextKeyring(change, session.networkId)
  const base = begun ? mergeKeyrings(begun, current) : current
  const made = begun ? preparedKeysOf(begun) : []
  const isRegistered = ({ chartId }: KeyringChart) =>
    charts.some((chart) => equalBytes(chart.chartId, chartId))
  const kept = base.charts.filter(isRegistered)
  const prepared = kept.map(
    (chart) =>
      made.find((item) => item.controllerSeed && equalBytes(item.chartId, chart.chartId)) ??
      newKeysFor(chart),
  )
  return withPreparedKeys({ ...base, charts: kept, version: base.version + 1 }, prepared)
}

const historyFrom = async ({ client, identity }: Session): Promise<PersonHistory> =>
  (await client.call(personFind, [], actorOfKeys(identity.secrets))) ?? {
    inception: identity.inception,
    rotations: [],
  }

const tell = async (change: KeyChange, session: Session): Promise<void> => {
  const { before, after } = change
  const { client, networkId, now } = session
  await settlePrepared(session)
  const { charts, sponsor } = await chartsOnChain(session)
  const keyring = await nextKeyring(change, session, charts)
  const sealed = await writeNextKeyring(change, networkId, keyring)
  const known = await historyFrom(session)
  const next = inceptionOf(after.secrets)
  const sequence = known.rotations.length + 1
  const rotation = signRotation(
    { networkId, person: before.id, sequence, next },
    before.actor.sign,
    after.actor.sign,
  )
  const place = { networkId, node: sponsor, nowMs: now() }
  const payload = {
    history: { ...known, rotations: [...known.rotations, rotation] },
    keyring: signedRequestOf(keyringWrite, { counter: keyring.version, sealed }, after.actor, place),
  }
  const options = { node: sponsor, timeoutMs: ROTATE_TIMEOUT_MS }
  await client.call(personRotate, payload, actorOfKeys(after.secrets), options)
}

/**
 * Tells the institutions of a patient’s next keys, with the keyring sealed to them. Doing it again after an
 * interruption is harmless; when somebody else was first with these keys, the change is dropped: `identity.rotated`.
 */
export const changePersonKeys = async (
  change: KeyChange,
  openBefore: () => Promise<Session>,
): Promise<void> => {
  const { client } = change
  const isKnown = async () =>
    (await client.call(personFind, [], actorOfKeys(change.after.secrets))) !== undefined
  if (await isKnown()) return
  try {
    const session = await openBefore()
    await tell(change, session)
  } catch (error) {
    if (error instanceof CommandError && error.code === 'identity.rotated') await dropKeyChange(change)
    throw error
  }
  // One's own node need not be the one that was told: this teaches it before it is asked for more.
  await isKnown()
}
