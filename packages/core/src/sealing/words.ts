import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { bytesFromText, ok, type Result } from '../encoding/index.ts'
import { type CipherPort, KEY_BYTES } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'

const WORD_COUNT = 24
const ENTROPY_BYTES = 32
const NO_SALT = new Uint8Array(0)
const wordSet = new Set(wordlist)

/** What 24 words derive, 32 bytes each, and nothing else. */
export interface PersonSecrets {
  /** Ed25519 seed. */
  readonly signingSeed: Uint8Array
  /** X25519 secret. */
  readonly sealingSecret: Uint8Array
  /** Salt of the account's inception. */
  readonly salt: Uint8Array
}

/** 24 fresh words (BIP-39, English, 256 bits of entropy). */
export const createWords = (port: CipherPort): readonly string[] =>
  entropyToMnemonic(port.randomBytes(ENTROPY_BYTES), wordlist).split(' ')

/** Words as a person typed them: any case, any white space. */
export const normalizeWords = (typed: string): readonly string[] =>
  typed.normalize('NFKD').trim().toLowerCase().split(/\s+/u)

/** `words.count`, `words.unknown` (names positions, from 1) or `words.checksum`. */
export const validateWords = (words: readonly string[]): Result<readonly string[]> => {
  if (words.length !== WORD_COUNT) return refuseSealing('words.count', `${words.length} given`)
  const unknown = words.flatMap((word, index) => (wordSet.has(word) ? [] : [`word ${index + 1}: “${word}”`]))
  if (unknown.length > 0) return refuseSealing('words.unknown', unknown.join(', '))
  return validateMnemonic(words.join(' '), wordlist) ? ok(words) : refuseSealing('words.checksum')
}

/** The person's secrets: HKDF-SHA-256 over the BIP-39 seed (empty passphrase). About 30 ms by design. */
export const secretsFromWords = (words: readonly string[], port: CipherPort): Result<PersonSecrets> => {
  const valid = validateWords(words)
  if (!valid.ok) return valid
  const seed = mnemonicToSeedSync(valid.value.join(' '))
  const derive = (label: string) => port.hkdfSha256(seed, NO_SALT, bytesFromText(label), KEY_BYTES)
  return ok({
    signingSeed: derive('medchain/signing/1'),
    sealingSecret: derive('medchain/sealing/1'),
    salt: derive('medchain/inception-salt/1'),
  })
}
