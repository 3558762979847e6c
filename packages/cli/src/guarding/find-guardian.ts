import { accounts } from '@medchain/core'
import { readState } from '../client/proven-state.ts'
import { fail } from '../command-error.ts'
import { findParty, type Party } from '../wallet/contacts.ts'
import type { Session } from '../wallet/session.ts'

export interface GuardianParty extends Party {
  /** X25519 key that is sealed to. */
  readonly sealingKey: Uint8Array
  /** Institution that enrolled the account. */
  readonly institution: Uint8Array
}

/** The account of a guardian, as the chain proves it; `guardian.unknown` for any other account. */
export const findGuardian = async (
  { wallet, client }: Pick<Session, 'wallet' | 'client'>,
  typed: string,
): Promise<GuardianParty> => {
  const party = await findParty(wallet.files, typed)
  const account = await readState(client, accounts.schema, accounts.keyOf(party.id))
  if (account?.role !== 'guardian' || account.status !== 'active' || account.sponsor === undefined) {
    return fail(
      'guardian.unknown',
      `${party.name} has no active account of role guardian.`,
      'The guardian runs medchain id create NAME --role guardian, and medchain register.',
    )
  }
  return { ...party, sealingKey: account.sealingKey, institution: account.sponsor }
}
