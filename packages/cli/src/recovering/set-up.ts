import {
  accountIdFromInception,
  bytesFromHex,
  CUSTODIANS_SHARE,
  closeRecovery,
  custodiansOf,
  GUARDIANS_SHARE,
  prepareRecovery,
  type RecoveryTerms,
  recoveryDeposit,
  recoveryEntrust,
  recoveryGuardianTag,
  recoveryRegister,
  sealForRecovery,
  splitRecoverySecret,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { type ProvenMember, provenMembers } from '../client/proven-members.ts'
import { createTransactionBody, signBody } from '../client/signed-transaction.ts'
import { submitAs } from '../client/submit-as.ts'
import { CommandError, fail, valueOrFail } from '../command-error.ts'
import type { GuardianParty } from '../guarding/find-guardian.ts'
import { idOfDid } from '../reading/chain-facts.ts'
import type { Session } from '../wallet/session.ts'
import { sealContent } from './deposit-content.ts'
import { type PreparedRecovery, preparedRecoveriesOf, withPreparedRecoveries } from './recovery-entry.ts'
import { createOwnKeys, keysActor, type OwnKeys } from './recovery-keys.ts'

export interface SetUpChoices {
  readonly guardians: readonly GuardianParty[]
  readonly guardianThreshold: number
  readonly delayMs: number
}

export interface SetUp {
  readonly recoveryId: Uint8Array
  readonly custodianCount: number
  readonly custodianThreshold: number
  /** Names of custodians and guardians that have their share. */
  readonly ready: readonly string[]
  /** Those that have none yet. */
  readonly missing: readonly string[]
  readonly txId: Uint8Array
  readonly height: number
}

interface Planned {
  readonly own: OwnKeys
  readonly id: Uint8Array
  readonly terms: RecoveryTerms
  readonly salts: readonly Uint8Array[]
  readonly shares: Awaited<ReturnType<typeof splitRecoverySecret>>
  readonly custodians: readonly ProvenMember[]
}

const CLOSED = /^recover\.(closed|unknown)$|^identity\.unknown$/

const activeMembers = async ({ client }: Session): Promise<readonly ProvenMember[]> =>
  (await provenMembers(client)).filter(({ status }) => status === 'active')

const plan = async (session: Session, choices: SetUpChoices): Promise<Planned> => {
  const own = createOwnKeys()
  const id = accountIdFromInception(own.inception)
  const sponsor = await session.client.institution()
  const members = await activeMembers(session)
  const chosen = custodiansOf(
    id,
    members.map(({ did }) => idOfDid(did)),
    [sponsor],
  )
  if (chosen.custodians.length < 2)
    fail('recover.custodians', 'The network has too few institutions to keep shares of a recovery.')
  const { guardians, guardianThreshold, delayMs } = choices
  const sizes = {
    guardians: { count: guardians.length, threshold: guardianThreshold },
    custodians: { count: chosen.custodians.length, threshold: chosen.threshold },
  }
  const shares = await splitRecoverySecret(own.sealingSecret, id, sizes, nodeCiphers)
  const salts = guardians.map(() => nodeCiphers.randomBytes(32))
  const terms: RecoveryTerms = {
    inception: own.inception,
    guardians: guardians.map((guardian, place) => ({
      tag: recoveryGuardianTag(id, salts[place] as Uint8Array, guardian.id),
      shareDigest: shares.guardians.digests[place] as Uint8Array,
    })),
    guardianThreshold,
    custodians: chosen.custodians.map((institution, place) => ({
      institution,
      shareDigest: shares.custodians.digests[place] as Uint8Array,
    })),
    custodianThreshold: chosen.threshold,
    delayMs,
  }
  const custodians = chosen.custodians.map(
    (institution) => members.find(({ did }) => idOfDid(did).join() === institution.join()) as ProvenMember,
  )
  return { own, id, terms, salts, shares, custodians }
}

const register = async ({ client, networkId, identity, now }: Session, { own, id, terms }: Planned) => {
  const body = createTransactionBody({
    networkId,
    sender: await client.institution(),
    kind: prepareRecovery.kind,
    schema: prepareRecovery.payload,
    payload: terms,
    timeMs: now(),
  })
  const registration = { body, signer: id, signature: signBody(body, keysActor(own)) }
  return client.call(recoveryRegister, { registration }, identity.actor)
}

interface Handed {
  readonly name: string
  readonly isReady: boolean
}

const trying = async (name: string, work: () => Promise<unknown>): Promise<Handed> => {
  try {
    await work()
    return { name, isReady: true }
  } catch (error) {
    if (error instanceof CommandError) return { name, isReady: false }
    throw error
  }
}

/** Every keeper's share, sealed to it and handed over. */
const handShares = async (
  session: Session,
  { own, id, terms, salts, shares, custodians }: Planned,
  { guardians }: SetUpChoices,
  prepared: PreparedRecovery,
): Promise<readonly Handed[]> => {
  const { client, networkId, identity, keyring } = session
  const actor = keysActor(own)
  const content = await sealContent(session, prepared)
  const toCustodians = custodians.map((member, position) =>
    trying(member.name, async () => {
      const recipient = valueOrFail(bytesFromHex(member.sealingKey))
      const share = shares.custodians.shares[position] as Uint8Array
      const place = { networkId, recoveryId: id, recipient }
      const sealed = valueOrFail(await sealForRecovery(CUSTODIANS_SHARE, place, { position, share }))
      const payload = { share: sealed, counter: keyring.current().version, content }
      const node = terms.custodians[position]?.institution as Uint8Array
      await client.call(recoveryDeposit, payload, actor, { node })
    }),
  )
  const toGuardians = guardians.map((guardian, position) =>
    trying(guardian.name, async () => {
      const place = { networkId, recoveryId: id, recipient: guardian.sealingKey }
      const share = shares.guardians.shares[position] as Uint8Array
      const salt = salts[position] as Uint8Array
      const entrusted = { position, share, salt, person: identity.id }
      const sealed = valueOrFail(await sealForRecovery(GUARDIANS_SHARE, place, entrusted))
      await client.call(recoveryEntrust, { guardian: guardian.id, sealed }, actor, {
        node: guardian.institution,
      })
    }),
  )
  return Promise.all([...toCustodians, ...toGuardians])
}

/**
 * Ends recoveries: their guardians help no more, and their keepers delete what they hold. Answers those that somebody
 * has announced: these end by their veto, and are closed another time.
 */
const closeAll = async (
  { client, now }: Session,
  recoveries: readonly PreparedRecovery[],
): Promise<readonly PreparedRecovery[]> => {
  const left: PreparedRecovery[] = []
  for (const old of recoveries) {
    const actor = keysActor(old)
    const payload = { recoveryId: actor.id, byTicket: undefined }
    try {
      await submitAs(client, actor, closeRecovery, payload, { timeMs: now() })
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      if (error.code === 'recover.under-way') left.push(old)
      else if (!CLOSED.test(error.code)) throw error
    }
  }
  return left
}

/**
 * Prepares a recovery under fresh keys, hands everybody their share, and closes the one before (RV10). When too few
 * custodians or guardians have theirs the old one stays: `recover.not-ready`.
 */
export const setUpRecovery = async (session: Session, choices: SetUpChoices): Promise<SetUp> => {
  const { keyring } = session
  const planned = await plan(session, choices)
  const { own, terms } = planned
  const prepared: PreparedRecovery = {
    inception: own.inception,
    signingSeed: own.signingSeed,
    guardians: choices.guardians.map(({ id }) => id),
    guardianThreshold: choices.guardianThreshold,
    delayMs: choices.delayMs,
  }
  const before = preparedRecoveriesOf(keyring.current())
  await keyring.save((current) => withPreparedRecoveries(current, [...before, prepared]))
  const abandon = () => keyring.save((current) => withPreparedRecoveries(current, before))
  const committed = await register(session, planned).catch(async (error: unknown) => {
    await abandon()
    throw error
  })
  const handed = await handShares(session, planned, choices, prepared)
  const readyCount = (from: number, to: number): number =>
    handed.slice(from, to).filter(({ isReady }) => isReady).length
  const count = planned.custodians.length
  const isEnough =
    readyCount(0, count) >= terms.custodianThreshold &&
    readyCount(count, handed.length) >= choices.guardianThreshold
  const missing = handed.filter(({ isReady }) => !isReady).map(({ name }) => name)
  if (!isEnough) {
    await closeAll(session, [prepared])
    await abandon()
    return fail(
      'recover.not-ready',
      `Too few have their share: ${missing.join(', ')} could not be reached.`,
      'Run it again when they are back.',
    )
  }
  const left = await closeAll(session, before)
  await keyring.save((current) => withPreparedRecoveries(current, [...left, prepared]))
  await keyring.push()
  return {
    recoveryId: planned.id,
    custodianCount: count,
    custodianThreshold: terms.custodianThreshold,
    ready: handed.filter(({ isReady }) => isReady).map(({ name }) => name),
    missing,
    ...committed,
  }
}
