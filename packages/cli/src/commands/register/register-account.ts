import { type Committed, enrol, type PersonRole, registerAccount } from '@medchain/core'
import { findAccount } from '../../client/accounts.ts'
import { proveCommitted } from '../../client/proven-transaction.ts'
import { createTransactionBody, signBody } from '../../client/signed-transaction.ts'
import { CommandError } from '../../command-error.ts'
import type { Session } from '../../wallet/session.ts'

interface AccountChoices {
  readonly token: string | undefined
  readonly now: () => number
}

/** Enrols the identity's account; nothing is done when the chain has it. */
export const registerAccountOf = async (
  session: Session,
  { token, now }: AccountChoices,
): Promise<Committed[]> => {
  const { identity, client, networkId } = session
  if ((await findAccount(client, identity.did)) !== undefined) return []
  const body = createTransactionBody({
    networkId,
    sender: await client.institution(),
    kind: enrol.kind,
    schema: enrol.payload,
    payload: { ...identity.inception, role: identity.role as PersonRole },
    timeMs: now(),
  })
  const enrolment = { body, signer: identity.id, signature: signBody(body, identity.actor) }
  // Not on the chain yet: the node knows the actor by its first keys.
  const actor = { ...identity.actor, inception: identity.inception }
  try {
    return [await proveCommitted(client, await client.call(registerAccount, { enrolment, token }, actor))]
  } catch (error) {
    if (error instanceof CommandError && error.code === 'identity.exists') return []
    throw error
  }
}
