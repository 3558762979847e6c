import { type Refusal, refuse } from '../encoding/index.ts'

/** Every refusal of the sealing room, with the sentence a person can act on. */
export const SEALING_CODES = {
  'grant.envelope-damaged': 'The grant’s envelope does not decode; ask the patient to send it again.',
  'grant.key-mismatch':
    'The key in the grant does not belong to the chart’s epoch on the chain; ask for a new grant.',
  'grant.wrong-recipient':
    'This grant’s envelope was not sealed to this key; read it with the grantee’s own key.',
  'keyring.damaged': 'The stored keyring does not decode; fetch it from another node.',
  'keyring.wrong-key': 'The keyring was not sealed to this person’s key; check the words.',
  'leg.damaged': 'The holder’s answer does not open with this request’s key; ask again.',
  'letter.damaged': 'The sealed letter does not open with this key, or was changed on the way.',
  'letter.too-large': 'The letter is too long; shorten the reason, or name fewer records.',
  'record.batch-size': 'A batch holds between 1 and 1,000 records; split the import.',
  'record.ciphertext-damaged': 'The stored ciphertext is damaged or cut short; fetch it from another holder.',
  'record.commitment-mismatch':
    'The opened record is not the one committed to on the chain; report its author.',
  'record.envelope-damaged': 'The record’s envelope is damaged; fetch it from another holder.',
  'record.header-field': 'A field of the record’s header is too long; shorten it.',
  'record.key-mismatch': 'These keys do not open this record; check the chart, the epoch and the recipient.',
  'record.public-key': 'A public key to seal to is not a usable X25519 key; check the recipient.',
  'recover.envelope': 'What was sealed for the recovery does not open with this key; ask its sender again.',
  'release.damaged': 'The set of release keys does not open; ask the author to send it again.',
  'share.damaged': 'The sealed share does not open here; the patient’s client has to send it again.',
  'share.false':
    'A share is not the one that was committed to; ask further holders, and report the one that gave it.',
  'share.mismatch':
    'The shares are the ones committed to and do not open the secret: whoever split it made a mistake or lied.',
  'share.too-few': 'There are too few shares to open the secret; ask further holders.',
  'words.checksum':
    'The words are known but their checksum is wrong; one of them is mistaken or out of order.',
  'words.count': 'Exactly 24 words are needed.',
  'words.unknown': 'One of the words is not in the English BIP-39 list.',
} as const

export type SealingCode = keyof typeof SEALING_CODES

/** A refusal with its registered sentence, and `detail` after it where a place can be named. */
export const refuseSealing = (code: SealingCode, detail?: string): Refusal =>
  refuse(code, detail === undefined ? SEALING_CODES[code] : `${SEALING_CODES[code]} (${detail})`)
