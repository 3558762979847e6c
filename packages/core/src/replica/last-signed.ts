import { bytesFromText, bytesFromUint, concatBytes, equalBytes, uintFromBytes } from '../encoding/index.ts'
import { crc32 } from './crc32.ts'

/** The highest (height, round) in which this validator signed; kept apart from the WAL, against its loss. */
export interface LastSigned {
  readonly height: number
  readonly round: number
}

const MAGIC = bytesFromText('MCLS')
const LENGTH = 4 + 1 + 32 + 6 + 6 + 4

export const encodeLastSigned = (networkId: Uint8Array, { height, round }: LastSigned): Uint8Array => {
  const body = concatBytes(
    MAGIC,
    Uint8Array.of(1),
    networkId,
    bytesFromUint(height, 6),
    bytesFromUint(round, 6),
  )
  return concatBytes(body, bytesFromUint(crc32(body), 4))
}

/** Undefined for anything but a sound record of this network; a crash tears it at most while the log in front of it is whole. */
export const decodeLastSigned = (data: Uint8Array, networkId: Uint8Array): LastSigned | undefined => {
  const body = data.subarray(0, LENGTH - 4)
  const isSound =
    data.length === LENGTH &&
    equalBytes(data.subarray(0, 4), MAGIC) &&
    equalBytes(data.subarray(5, 37), networkId) &&
    crc32(body) === uintFromBytes(data.subarray(LENGTH - 4))
  if (!isSound) return undefined
  return { height: uintFromBytes(body.subarray(37, 43)), round: uintFromBytes(body.subarray(43, 49)) }
}
