import { type Refusal, refuse } from '@medchain/core'

/** Every refusal of the keystore, with the sentence a person can act on. */
export const KEYSTORE_CODES = {
  'keystore.damaged': 'The keystore file is damaged; restore it from a backup, or the wallet from its words.',
  'keystore.missing': 'There is no keystore at this place; create or restore one, or name another home.',
  'keystore.unreadable': 'The keystore file cannot be read; check its owner and mode.',
  'keystore.unwritable':
    'The keystore file cannot be written; check the folder, its owner and the free space.',
  'keystore.version': 'The keystore was written by a newer version; update this program.',
  'keystore.wrong-passphrase': 'The passphrase does not open the keystore.',
} as const

export const refuseKeystore = (code: keyof typeof KEYSTORE_CODES, detail: string): Refusal =>
  refuse(code, `${KEYSTORE_CODES[code]} (${detail})`)
