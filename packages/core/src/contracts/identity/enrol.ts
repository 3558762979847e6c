import { bytes, equalBytes, ok, refuse, struct, word } from '../../encoding/index.ts'
import { accountIdFromInception, type Inception } from '../../identity/account-id.ts'
import { isInstitutionRole, PERSON_ROLES, type PersonRole } from '../../identity/roles.ts'
import type { ReadView } from '../../state/view.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { type Account, accounts, charts } from './tables.ts'

export interface Enrolment extends Inception {
  readonly role: PersonRole
}

/** The institution account behind a sender, if it is one and active. */
export const activeInstitution = (view: ReadView, id: Uint8Array): Account | undefined => {
  const account = view.get(accounts, id)
  return account && account.status === 'active' && isInstitutionRole(account.role) ? account : undefined
}

export const isSignedBy = (context: TransactionContext, id: Uint8Array): boolean =>
  context.signers.some((signer) => equalBytes(signer, id))

/** An institution vouches for a person's account; both sign. */
export const enrol: TransactionKind<Enrolment> = {
  kind: 'identity.enrol',
  payload: struct<Enrolment>({
    role: word(PERSON_ROLES),
    signingKey: bytes(32),
    sealingKey: bytes(32),
    salt: bytes(32),
  }),
  newSigners: (payload) => [{ accountId: accountIdFromInception(payload), signingKey: payload.signingKey }],
  apply: (view, payload, context) => {
    const id = accountIdFromInception(payload)
    if (!activeInstitution(view, context.sender)) {
      return refuse('identity.not-institution', 'Only an active institution enrols accounts.')
    }
    if (!isSignedBy(context, id)) return refuse('identity.unproven-key', 'The new account did not sign.')
    if (view.get(accounts, id) || view.get(charts, id))
      return refuse('identity.exists', 'The account is on the chain already.')
    const { role, signingKey, sealingKey } = payload
    const account: Account = {
      role,
      status: 'active',
      sponsor: context.sender,
      signingKey,
      sealingKey,
      institutionName: undefined,
    }
    view.put(accounts, account, id)
    return ok([{ kind: 'identity.enrolled', subjects: [id] }])
  },
}
