import { readFile } from 'node:fs/promises'
import { bytesFromText, bytesFromUint, concatBytes, equalBytes } from '@medchain/core'
import { nodeCiphers, writeFileAtomic } from '../../keystore/index.ts'
import { decodeHead, encodeHead, headBytesOf } from './entry-codec.ts'
import type { PlacedHead } from './segment-scan.ts'

// Layout: magic and version (5) ‖ covered bytes u32 ‖ entries (offset u32 ‖ head) ‖ SHA-256 of all before.
const MAGIC = bytesFromText('MCVI\u0001')
const ENTRIES_AT = MAGIC.length + 4
const DIGEST_BYTES = 32

/** The heads of a segment file, kept beside it so that a start need not read the whole file. */
export interface SegmentListing {
  readonly entries: readonly PlacedHead[]
  /** Up to where in the segment file the listing speaks. */
  readonly coveredBytes: number
}

export const writeListing = async (file: string, listing: SegmentListing): Promise<void> => {
  const parts: Uint8Array[] = [MAGIC, bytesFromUint(listing.coveredBytes, 4)]
  for (const { head, offset } of listing.entries) parts.push(bytesFromUint(offset, 4), encodeHead(head))
  const content = Buffer.concat(parts)
  await writeFileAtomic(file, concatBytes(content, nodeCiphers.sha256(content)))
}

/** The listing, or undefined when it is missing or unsound: the segment is scanned instead. */
export const readListing = async (file: string): Promise<SegmentListing | undefined> => {
  const whole = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  if (whole.length < ENTRIES_AT + DIGEST_BYTES) return undefined
  const end = whole.length - DIGEST_BYTES
  if (!equalBytes(nodeCiphers.sha256(whole.subarray(0, end)), whole.subarray(end))) return undefined
  if (!equalBytes(whole.subarray(0, MAGIC.length), MAGIC)) return undefined
  const entries: PlacedHead[] = []
  for (let at = ENTRIES_AT; at < end; ) {
    const head = decodeHead(whole, at + 4)
    if (head === undefined) return undefined
    entries.push({ head, offset: whole.readUInt32BE(at) })
    at += 4 + headBytesOf(head)
  }
  return { entries, coveredBytes: whole.readUInt32BE(MAGIC.length) }
}
