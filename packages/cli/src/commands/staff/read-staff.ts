import {
  type Attestation,
  accountIdFromDid,
  accounts,
  attestationSchema,
  decode,
  didFromAccountId,
  staffList,
} from '@medchain/core'
import { readState } from '../../client/proven-state.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { findParty } from '../../wallet/contacts.ts'
import type { InstitutionSession } from '../member/institution-session.ts'

/** Everybody in the institution’s directory, in the order of names. */
export const readStaff = async ({ client, actor }: InstitutionSession): Promise<readonly Attestation[]> => {
  const all: Attestation[] = []
  let after: Uint8Array | undefined
  for (;;) {
    const page = await client.call(staffList, { after }, actor, { node: actor.id })
    const read = page.map(({ attestation }) => valueOrFail(decode(attestationSchema, attestation)))
    all.push(...read)
    const last = read.at(-1)
    if (last === undefined) return all.sort((a, b) => (a.name < b.name ? -1 : 1))
    after = last.account
  }
}

/** The account that a DID, a card, a contact or an attested name stands for. */
export const findStaff = async (
  context: CommandContext,
  session: InstitutionSession,
  typed: string,
): Promise<{ readonly id: Uint8Array; readonly did: string }> => {
  if (typed.startsWith('did:')) return { id: valueOrFail(accountIdFromDid(typed)), did: typed }
  const named = (await readStaff(session)).filter(({ name }) => name === typed)
  if (named.length > 1)
    return fail('usage.ambiguous', `Several accounts are attested as “${typed}”.`, 'Name the full DID.')
  const [only] = named
  if (only !== undefined) return { id: only.account, did: didFromAccountId(only.account) }
  return findParty((await context.wallet()).files, typed)
}

/** What the chain has of an account: its status, or that it is still to be registered. */
export const stateOf = async ({ client }: InstitutionSession, account: Uint8Array): Promise<string> =>
  (await readState(client, accounts.schema, accounts.keyOf(account)))?.status ?? 'approved'
