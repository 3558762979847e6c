import { type Refusal, refuse } from '@medchain/core'

/** Every refusal of the vault's store, with the sentence a person can act on. */
export const VAULT_CODES = {
  'vault.damaged':
    'A stored value is damaged; run `medchain node doctor`, which names it and heals it from others.',
  'vault.wrong-master-key':
    'The storage master key is not the one this vault was written under; restore that key.',
} as const

export const refuseVault = (code: keyof typeof VAULT_CODES, detail: string): Refusal =>
  refuse(code, `${VAULT_CODES[code]} (${detail})`)
