import { assertInvariant, concatBytes } from '../encoding/index.ts'
import { type CipherPort, NONCE_BYTES, TAG_BYTES } from './cipher-port.ts'
import { paddedSize } from './padding.ts'

/** Plaintext bytes of every chunk but the last. */
export const CHUNK_BYTES = 64 * 1024
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
const NO_AAD = new Uint8Array(0)

/** 11-byte big-endian counter ‖ 1 for the last chunk, 0 before: the STREAM construction. */
const chunkNonce = (counter: number, isLast: boolean): Uint8Array => {
  const nonce = new Uint8Array(NONCE_BYTES)
  let rest = counter
  for (let i = NONCE_BYTES - 2; rest > 0; i--) {
    nonce[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0
  return nonce
}

/** Size of the ciphertext of `sizeBytes` of plaintext padded to `stepBytes`. */
export const sealedStreamSize = (sizeBytes: number, stepBytes: number): number => {
  const padded = stepBytes === 1 ? sizeBytes : paddedSize(sizeBytes, stepBytes)
  return padded + Math.max(1, Math.ceil(padded / CHUNK_BYTES)) * TAG_BYTES
}

/** Fills a block of fixed size and hands out each full one once more bytes follow, so that the last is known. */
const createBlocks = (blockBytes: number) => {
  let block = new Uint8Array(0)
  let filled = 0
  // Most records are far smaller than a chunk, so the block grows with what arrives.
  const grow = (needed: number): void => {
    if (needed <= block.length) return
    const larger = new Uint8Array(Math.min(blockBytes, Math.max(needed, block.length * 2)))
    larger.set(block.subarray(0, filled))
    block.fill(0)
    block = larger
  }
  return {
    feed(bytes: Uint8Array, onFull: (block: Uint8Array) => void): void {
      let offset = 0
      while (offset < bytes.length) {
        if (filled === blockBytes) {
          onFull(block)
          filled = 0
        }
        const take = Math.min(blockBytes - filled, bytes.length - offset)
        grow(filled + take)
        block.set(bytes.subarray(offset, offset + take), filled)
        filled += take
        offset += take
      }
    },
    rest: (): Uint8Array => block.subarray(0, filled),
    wipe: (): void => void block.fill(0),
  }
}

export interface ChunkSealer {
  /** Ciphertext that is ready so far, possibly empty. */
  readonly push: (plain: Uint8Array) => Uint8Array
  /** The last chunk. */
  readonly finish: () => Uint8Array
}

/**
 * AES-256-GCM in chunks of 64 KiB. `key` must seal one stream only. With `stepBytes` above 1 (a divisor of
 * 64 KiB) the plaintext is filled with zeros to a multiple of it, one step at least.
 */
export const createChunkSealer = (key: Uint8Array, stepBytes: number, port: CipherPort): ChunkSealer => {
  assertInvariant(CHUNK_BYTES % stepBytes === 0, 'padding step must divide the chunk')
  const blocks = createBlocks(CHUNK_BYTES)
  let counter = 0
  let isFinished = false
  return {
    push(plain) {
      assertInvariant(!isFinished, 'a finished stream takes nothing more')
      const out: Uint8Array[] = []
      blocks.feed(plain, (block) =>
        out.push(port.aesGcmSeal(key, chunkNonce(counter++, false), NO_AAD, block)),
      )
      return concatBytes(...out)
    },
    finish() {
      assertInvariant(!isFinished, 'a stream finishes once: a second last chunk would repeat its nonce')
      isFinished = true
      const rest = blocks.rest()
      const last = new Uint8Array(stepBytes === 1 ? rest.length : paddedSize(rest.length, stepBytes))
      last.set(rest)
      blocks.wipe()
      return port.aesGcmSeal(key, chunkNonce(counter, true), NO_AAD, last)
    },
  }
}

export interface ChunkOpener {
  /** Plaintext (padding included) that is ready so far; undefined once a chunk did not open. */
  readonly push: (sealed: Uint8Array) => Uint8Array | undefined
  /**
   * Goes on behind whole chunks whose plaintext is here from before; answers their ciphertext, which is the same
   * again. Only before any `push`.
   */
  readonly replay: (plain: Uint8Array) => Uint8Array
  /** The last chunk's plaintext; undefined when the stream is damaged, reordered or cut short. */
  readonly finish: () => Uint8Array | undefined
}

/** Opens what `createChunkSealer` sealed; nothing before a successful `finish` counts as whole. */
export const createChunkOpener = (key: Uint8Array, port: CipherPort): ChunkOpener => {
  const blocks = createBlocks(SEALED_CHUNK_BYTES)
  let counter = 0
  let broken = false
  return {
    push(sealed) {
      const out: Uint8Array[] = []
      blocks.feed(sealed, (block) => {
        const plain = broken ? undefined : port.aesGcmOpen(key, chunkNonce(counter++, false), NO_AAD, block)
        if (plain === undefined) broken = true
        else out.push(plain)
      })
      return broken ? undefined : concatBytes(...out)
    },
    replay(plain) {
      assertInvariant(blocks.rest().length === 0, 'what was opened before comes first')
      assertInvariant(plain.length % CHUNK_BYTES === 0, 'only whole chunks are known from before')
      const out: Uint8Array[] = []
      for (let at = 0; at < plain.length; at += CHUNK_BYTES) {
        const chunk = plain.subarray(at, at + CHUNK_BYTES)
        out.push(port.aesGcmSeal(key, chunkNonce(counter++, false), NO_AAD, chunk))
      }
      return concatBytes(...out)
    },
    finish() {
      return broken ? undefined : port.aesGcmOpen(key, chunkNonce(counter, true), NO_AAD, blocks.rest())
    },
  }
}
