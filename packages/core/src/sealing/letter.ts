import { blob, bytes, decode, encode, ok, type Result, struct } from '../encoding/index.ts'
import { refuseSealing } from './codes.ts'
import { type HpkeSealed, openWith, sealTo } from './hpke.ts'
import { pad, unpad } from './padding.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const NOTHING = new Uint8Array(0)
const STEP_BYTES = 1024

/** Larger contents are not sealed as a letter. */
export const LETTER_BYTES_MAX = 32 * 1024

/** Sizes of sealed letters are bounded by this. */
export const SEALED_LETTER_BYTES_MAX = LETTER_BYTES_MAX + 2 * STEP_BYTES

export type LetterLabel =
  | 'medchain/access-request/1'
  | 'medchain/access-answer/1'
  | 'medchain/own-note/1'
  | 'medchain/part2-copy/1'

/** What a sealed letter is bound to. */
export interface LetterPlace {
  readonly label: LetterLabel
  readonly networkId: Uint8Array
  /** What it is about, at most 64 bytes. */
  readonly subject: Uint8Array
  /** Id of whoever opens it. */
  readonly recipient: Uint8Array
}

const letterSchema = struct<HpkeSealed>({ enc: bytes(32), ciphertext: blob(SEALED_LETTER_BYTES_MAX) })

/** Seals a short content, padded to steps of 1 KiB, to somebody's sealing key; `record.public-key`. */
export const sealLetter = async (
  sealingKey: Uint8Array,
  place: LetterPlace,
  content: Uint8Array,
): Promise<Result<Uint8Array>> => {
  if (content.length > LETTER_BYTES_MAX) return refuseSealing('letter.too-large')
  const sealed = await sealTo(sealingKey, encodeSubjectInfo(place), NOTHING, pad(content, STEP_BYTES))
  return sealed === undefined
    ? refuseSealing('record.public-key', 'sealing key of the recipient')
    : ok(encode(letterSchema, sealed))
}

/** The content, or `letter.damaged` for other keys, another place, or bytes that were changed. */
export const openLetter = async (
  sealingSecret: Uint8Array,
  place: LetterPlace,
  sealed: Uint8Array,
): Promise<Result<Uint8Array>> => {
  const letter = decode(letterSchema, sealed, SEALED_LETTER_BYTES_MAX + 64)
  if (!letter.ok) return refuseSealing('letter.damaged', letter.message)
  const { enc, ciphertext } = letter.value
  const padded = await openWith(sealingSecret, enc, encodeSubjectInfo(place), NOTHING, ciphertext)
  const content = padded && unpad(padded, STEP_BYTES)
  return content === undefined ? refuseSealing('letter.damaged') : ok(content)
}
