const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

/** CRC-32 (ISO 3309, as zlib computes it) of the bytes, going on from `seed`. */
export const crc32 = (bytes: Uint8Array, seed = 0): number => {
  let value = ~seed >>> 0
  for (const byte of bytes) value = ((TABLE[(value ^ byte) & 255] as number) ^ (value >>> 8)) >>> 0
  return ~value >>> 0
}
