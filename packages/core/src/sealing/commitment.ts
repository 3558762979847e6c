import { bytesFromText, bytesFromUint, concatBytes } from '../encoding/index.ts'
import type { CipherPort } from './cipher-port.ts'
import type { RecordPlace } from './record-keys.ts'

const LABEL = bytesFromText('medchain/record/1')

/**
 * HMAC-SHA-256(salt, label ‖ networkId ‖ recordId ‖ u16 length ‖ media type ‖ SHA-256 of the exact bytes).
 * `salt` and `contentHash` are 32 bytes, the media type at most 65,535.
 */
export const commitmentOf = (
  place: RecordPlace,
  salt: Uint8Array,
  mediaType: string,
  contentHash: Uint8Array,
  port: CipherPort,
): Uint8Array => {
  const type = bytesFromText(mediaType)
  return port.hmacSha256(
    salt,
    concatBytes(LABEL, place.networkId, place.recordId, bytesFromUint(type.length, 2), type, contentHash),
  )
}
