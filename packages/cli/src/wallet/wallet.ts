import type { Actor } from '../client/signed-request.ts'
import type { Identity } from './identity.ts'
import type { IdentitySecrets } from './secrets.ts'
import type { WalletFiles } from './wallet-files.ts'

/** An identity whose passphrase was given. */
export interface OpenIdentity extends Identity {
  readonly secrets: IdentitySecrets
  readonly actor: Actor
}

/** The identities of this machine. */
export interface Wallet {
  readonly files: WalletFiles
  readonly list: () => Promise<readonly Identity[]>
  /** `identity.not-found` when there is none of that name. */
  readonly find: (name: string) => Promise<Identity>
  /** The one that `--as` names, or the only one. */
  readonly current: () => Promise<Identity>
  /** Asks for the passphrase unless it is given or was asked for; `keystore.wrong-passphrase`. */
  readonly open: (identity: Identity, passphrase?: string) => Promise<OpenIdentity>
  /** `identity.name-taken` when there is one of that name. */
  readonly assertFree: (name: string) => Promise<void>
  /** `identity.name-taken` when there is one of that name. */
  readonly add: (identity: Identity, secrets: IdentitySecrets, passphrase: string) => Promise<void>
}
