import {
  type CarriedShare,
  combineRecoverySecret,
  didFromAccountId,
  falseSharesOf,
  openForRecovery,
  openRecoveryContent,
  type RecoveryContent,
  recoveryCollect,
  shareSetsOf,
  TICKETS_SHARE,
  verifyRecoveryContent,
} from '@medchain/core'
import { nodeCiphers, signatureVerifier } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import { CommandError, fail } from '../command-error.ts'
import { refusalError } from '../reading/refusals.ts'
import type { KnownRecovery } from './known-recovery.ts'
import { keysActor, type OwnKeys } from './recovery-keys.ts'

interface Place {
  readonly client: NodeClient
  readonly networkId: Uint8Array
  readonly warn: (line: string) => void
}

interface Collected {
  readonly guardians: readonly CarriedShare[]
  readonly custodians: readonly CarriedShare[]
  /** Sealed content that the recovery's own key signed, the newest first. */
  readonly contents: readonly Uint8Array[]
  readonly refusals: readonly CommandError[]
}

const collect = async (
  { client, networkId }: Place,
  { id, recovery }: KnownRecovery,
  ticket: OwnKeys,
): Promise<Collected> => {
  const place = { networkId, recoveryId: id, recipient: ticket.inception.sealingKey }
  const open = async (sealed: Uint8Array): Promise<readonly CarriedShare[]> => {
    const share = await openForRecovery(TICKETS_SHARE, place, ticket.sealingSecret, sealed)
    return share.ok ? [share.value] : []
  }
  const refusals: CommandError[] = []
  const answers = await Promise.all(
    recovery.custodians.map(async ({ institution: node }) => {
      try {
        return await client.call(recoveryCollect, { recoveryId: id }, keysActor(ticket), { node })
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        refusals.push(error)
        return undefined
      }
    }),
  )
  const found = answers.filter((answer) => answer !== undefined)
  const contentPlace = { ...place, recipient: recovery.inception.sealingKey }
  const contents = found.flatMap(({ content }) => {
    const signed = verifyRecoveryContent(
      contentPlace,
      recovery.inception.signingKey,
      signatureVerifier,
      content,
    )
    return signed.ok ? [signed.value] : []
  })
  const shares = (sealed: readonly Uint8Array[]) => Promise.all(sealed.map(open))
  return {
    guardians: (await shares(found.flatMap(({ given }) => given))).flat(),
    custodians: (await shares(found.map(({ share }) => share))).flat(),
    contents: contents.sort((a, b) => b.counter - a.counter).map(({ sealed }) => sealed),
    refusals,
  }
}

/** Whoever gave a share that is not the one committed to is told by name. */
const nameLiars = ({ recovery, attempt }: KnownRecovery, collected: Collected, { warn }: Place): void => {
  const sets = shareSetsOf(recovery)
  for (const position of falseSharesOf(sets.custodians, collected.custodians)) {
    const institution = recovery.custodians[position]?.institution
    if (institution) warn(`The custodian ${didFromAccountId(institution)} gave a false share.`)
  }
  for (const position of falseSharesOf(sets.guardians, collected.guardians)) {
    const approval = attempt?.approvals.find((each) => each.position === position)
    if (approval) warn(`The guardian ${didFromAccountId(approval.guardian)} gave a false share.`)
  }
}

/**
 * What was sealed to the recovery, opened with the shares that custodians release to the ticket. The refusal of a
 * custodian where too few released; `share.*` where shares are false or too few.
 */
export const recoverContent = async (
  place: Place,
  known: KnownRecovery,
  ticket: OwnKeys,
): Promise<RecoveryContent> => {
  const collected = await collect(place, known, ticket)
  nameLiars(known, collected, place)
  const secret = await combineRecoverySecret(known.recovery, collected, nodeCiphers)
  if (!secret.ok) {
    const [refusal] = collected.refusals
    const isStopped = secret.code === 'share.too-few' && refusal !== undefined
    throw isStopped ? refusal : refusalError(secret)
  }
  const { inception } = known.recovery
  const recipient = { networkId: place.networkId, recoveryId: known.id, recipient: inception.sealingKey }
  for (const content of collected.contents) {
    const opened = await openRecoveryContent(recipient, secret.value, content)
    if (opened.ok) return opened.value
  }
  return fail('recover.envelope', 'No custodian holds what was sealed for the recovery.')
}
