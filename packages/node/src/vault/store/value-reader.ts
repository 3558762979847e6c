import path from 'node:path'
import { concatBytes, equalBytes, ok, type Result } from '@medchain/core'
import { nodeCiphers } from '../../keystore/index.ts'
import { refuseVault } from './codes.ts'
import {
  decodeHead,
  type EntryHead,
  entryBytesOf,
  headBytesOf,
  isTrailer,
  TRAILER_BYTES,
} from './entry-codec.ts'
import type { FileCache } from './file-cache.ts'
import { decodeLargeFileKey, type LargeFileKey, readLargeFile } from './large-file.ts'
import type { Segment } from './segment.ts'
import type { ValueName } from './value-name.ts'

/** An entry as it stands on disk, opened: a value, or the key of the file that holds it. */
export type OpenedEntry = {
  readonly head: EntryHead
  /** Whether the mark behind the value is whole; the value is sound without it. */
  readonly hasEndMark: boolean
} & (
  | { readonly type: 'value'; readonly value: Uint8Array }
  | { readonly type: 'large'; readonly file: string; readonly fileKey: LargeFileKey }
)

export interface ReaderParts {
  readonly files: FileCache
  readonly largeFileOf: (nonce: Uint8Array) => string
}

const readRaw = async (files: FileCache, segment: Segment, leaf: number): Promise<Buffer | undefined> => {
  const offset = segment.offsets[leaf]
  const length = segment.lengths[leaf]
  if (offset === undefined || length === undefined || length === 0) return undefined
  try {
    return await files.read(segment.valuesFile, offset, length)
  } catch {
    // A file that cannot be read is as lost as a damaged one, and is named the same way.
    return undefined
  }
}

/** Opens the entry at a leaf; `vault.damaged` naming file and offset when anything of it is not as written. */
export const readEntry = async (
  { files, largeFileOf }: ReaderParts,
  segment: Segment,
  leaf: number,
  expected?: ValueName,
): Promise<Result<OpenedEntry>> => {
  const at = `${path.basename(segment.valuesFile)} at ${segment.offsets[leaf] ?? 'no'} bytes`
  const damaged = (what: string) => refuseVault('vault.damaged', `${what} in ${at}`)
  const key = segment.tree?.keyOf(leaf)
  if (key === undefined)
    return refuseVault('vault.damaged', `no storage key in ${path.basename(segment.keysFile)}`)
  const raw = await readRaw(files, segment, leaf)
  const head = raw && decodeHead(raw)
  if (raw === undefined || head === undefined || head.leaf !== leaf) return damaged('head')
  if (expected !== undefined && !(head.kind === expected.kind && equalBytes(head.key, expected.key)))
    return damaged('name')
  if (entryBytesOf(head) !== raw.length) return damaged('length')
  const headBytes = headBytesOf(head)
  const sealed = raw.subarray(headBytes, raw.length - TRAILER_BYTES)
  const value = nodeCiphers.aesGcmOpen(key, head.nonce, raw.subarray(0, headBytes), sealed)
  if (value === undefined) return damaged('value')
  const hasEndMark = isTrailer(raw.subarray(raw.length - TRAILER_BYTES))
  if (!head.isLarge) return ok({ type: 'value', head, hasEndMark, value })
  const fileKey = decodeLargeFileKey(value)
  return fileKey.ok
    ? ok({ type: 'large', head, hasEndMark, file: largeFileOf(head.nonce), fileKey: fileKey.value })
    : damaged('value')
}

/** The content of an opened entry, piece by piece; ends with a refusal where the file of a large one is damaged. */
export async function* contentOf(entry: OpenedEntry): AsyncGenerator<Result<Uint8Array>> {
  if (entry.type === 'value') yield ok(entry.value)
  else yield* readLargeFile(entry.file, entry.fileKey)
}

/** The whole content in memory. */
export const wholeContentOf = async (entry: OpenedEntry): Promise<Result<Uint8Array>> => {
  if (entry.type === 'value') return ok(entry.value)
  const parts: Uint8Array[] = []
  for await (const part of contentOf(entry)) {
    if (!part.ok) return part
    parts.push(part.value)
  }
  return ok(concatBytes(...parts))
}
