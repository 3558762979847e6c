import { taggedMessage } from '../../crypto/hash.ts'
import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import { accountIdFromInception, type Inception, inceptionSchema } from '../../identity/account-id.ts'
import { isInstitutionRole } from '../../identity/roles.ts'
import type { TransactionKind } from '../contract.ts'
import { accounts, inceptionsByKey } from './tables.ts'

export interface AccountKeys {
  readonly signingKey: Uint8Array
  readonly sealingKey: Uint8Array
}

export interface AccountRotation extends AccountKeys {
  /** First keys of the account, so that whoever has the new key finds it. */
  readonly inception: Inception
  /** Signature of `accountRotationMessage` by the new signing key. */
  readonly possession: Uint8Array
}

/** What the new key of an account signs. */
export const accountRotationMessage = (
  networkId: Uint8Array,
  account: Uint8Array,
  { signingKey, sealingKey }: AccountKeys,
): Uint8Array => taggedMessage('medchain/account-rotation/1', networkId, account, signingKey, sealingKey)

/** A person’s account gets new keys by its present one; role, sponsor and id stay. */
export const rotateAccount: TransactionKind<AccountRotation> = {
  kind: 'identity.rotate-account',
  payload: struct<AccountRotation>({
    signingKey: bytes(32),
    sealingKey: bytes(32),
    inception: inceptionSchema,
    possession: bytes(64),
  }),
  statements: (_view, payload, { networkId, sender }) =>
    ok([
      {
        publicKey: payload.signingKey,
        message: accountRotationMessage(networkId, sender, payload),
        signature: payload.possession,
      },
    ]),
  apply: (view, { inception, signingKey, sealingKey }, { sender }) => {
    const account = view.get(accounts, sender)
    if (!account || isInstitutionRole(account.role))
      return refuse('identity.not-person', 'Only a person’s account rotates its keys.')
    if (!equalBytes(accountIdFromInception(inception), sender))
      return refuse('identity.inception', 'The first keys named are not those of the account.')
    const isFormer =
      equalBytes(signingKey, account.signingKey) ||
      equalBytes(signingKey, inception.signingKey) ||
      view.get(inceptionsByKey, signingKey) !== undefined
    if (isFormer)
      return refuse('identity.same-key', 'A rotation brings a new key; this one was in use before.')
    view.put(accounts, { ...account, signingKey, sealingKey }, sender)
    view.put(inceptionsByKey, inception, signingKey)
    return ok([{ kind: 'identity.account-rotated', subjects: [sender] }])
  },
}
