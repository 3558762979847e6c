import {
  base32FromBytes,
  type EntrustedShare,
  equalBytes,
  GUARDIANS_SHARE,
  openForRecovery,
  recoveryEntrusted,
  shareSetsOf,
  verifyShare,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { fail } from '../command-error.ts'
import type { Acting } from '../reading/acting.ts'
import { findRecovery, type KnownRecovery } from './known-recovery.ts'

/** A share that was entrusted to the guardian in use, with the recovery as the chain has it. */
export interface Entrusted {
  readonly share: EntrustedShare
  readonly known: KnownRecovery
}

/** All shares that open and fit what the chain commits to. */
export const entrustedShares = async (acting: Acting): Promise<readonly Entrusted[]> => {
  const { client, identity, networkId } = acting
  if (identity.role !== 'guardian')
    return fail('usage.role', `${identity.name} is no guardian.`, 'Name a guardian with --as.')
  const recipient = nodeCiphers.x25519Public(identity.secrets.sealingSecret)
  const found: Entrusted[] = []
  for (const { recoveryId, sealed } of await client.call(recoveryEntrusted, [], identity.actor)) {
    const place = { networkId, recoveryId, recipient }
    const share = await openForRecovery(GUARDIANS_SHARE, place, identity.secrets.sealingSecret, sealed)
    if (!share.ok) continue
    const known = await findRecovery(client, recoveryId)
    if (verifyShare(shareSetsOf(known.recovery).guardians, share.value))
      found.push({ share: share.value, known })
  }
  return found
}

/**
 * The recovery that is named, the newest of a person, or of the only person there is; `recover.not-guardian` when there
 * is none. Whose a recovery is, is the word of whoever prepared it: somebody else can claim a person's name, and
 * gains nothing by it, but a guardian that is led astray has to name the right one.
 */
export const chooseEntrusted = (
  all: readonly Entrusted[],
  person: { readonly id: Uint8Array; readonly name: string } | undefined,
  recoveryId: string | undefined,
): Entrusted => {
  if (recoveryId !== undefined) {
    const named = all.find(({ known }) => base32FromBytes(known.id) === recoveryId.toLowerCase())
    return named ?? fail('recover.not-guardian', 'You hold no share of that recovery.')
  }
  const fitting = person ? all.filter(({ share }) => equalBytes(share.person, person.id)) : all
  const [newest] = fitting.toSorted(
    (a, b) => b.known.recovery.preparedHeight - a.known.recovery.preparedHeight,
  )
  if (newest === undefined) {
    const whose = person ? ` of ${person.name}` : ''
    return fail('recover.not-guardian', `You hold no share of a recovery${whose}.`)
  }
  return fitting.every(({ share }) => equalBytes(share.person, newest.share.person))
    ? newest
    : fail('usage.subject', 'You are a guardian of several people’s recoveries.', 'Name whose with --for.')
}
