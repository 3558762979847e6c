import { hash } from 'node:crypto'
import { equalBytes } from '@medchain/core'

const DIGEST_BYTES = 32

const digestOf = (name: string, content: Uint8Array): Uint8Array =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\0`), content]), 'buffer')

/** A value with its hash in front, bound to the name it is stored under. */
export const sealValue = (name: string, content: Uint8Array): Buffer =>
  Buffer.concat([digestOf(name, content), content])

/** The content, or undefined when a byte of it changed since it was written. */
export const checkValue = (name: string, stored: Uint8Array): Uint8Array | undefined => {
  const content = new Uint8Array(stored.subarray(DIGEST_BYTES))
  return equalBytes(stored.subarray(0, DIGEST_BYTES), digestOf(name, content)) ? content : undefined
}
