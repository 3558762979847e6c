import { bytesFromUint, uintFromBytes } from '../encoding/index.ts'

/** The next multiple of `step` at or above `sizeBytes`; an empty content still takes one step. */
export const paddedSize = (sizeBytes: number, step: number): number =>
  Math.max(1, Math.ceil(sizeBytes / step)) * step

/** u32 length ‖ content ‖ zeros, up to a multiple of `step`. */
export const pad = (content: Uint8Array, step: number): Uint8Array => {
  const out = new Uint8Array(paddedSize(content.length + 4, step))
  out.set(bytesFromUint(content.length, 4))
  out.set(content, 4)
  return out
}

/** The content of `pad`, or undefined when length, step or zeros are wrong. */
export const unpad = (padded: Uint8Array, step: number): Uint8Array | undefined => {
  if (padded.length < 4) return undefined
  const sizeBytes = uintFromBytes(padded.subarray(0, 4))
  if (padded.length !== paddedSize(sizeBytes + 4, step)) return undefined
  const end = 4 + sizeBytes
  return isZero(padded.subarray(end)) ? padded.subarray(4, end) : undefined
}

export const isZero = (bytes: Uint8Array): boolean => {
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== 0) return false
  return true
}
