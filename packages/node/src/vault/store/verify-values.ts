import path from 'node:path'
import { decodeHead, HEAD_BYTES_MAX } from './entry-codec.ts'
import { readKeyFile } from './key-file.ts'
import type { Segment } from './segment.ts'
import type { ValueKind } from './value-name.ts'
import { contentOf, type ReaderParts, readEntry } from './value-reader.ts'

/** Something on disk that is not as it was written. */
export interface VaultDamage {
  /** File name inside the vault's folder. */
  readonly file: string
  readonly offset?: number
  /** The value, where its head can still be read. */
  readonly kind?: ValueKind
  readonly key?: Uint8Array
  readonly message: string
}

const damageOf = async (
  parts: ReaderParts,
  segment: Segment,
  leaf: number,
): Promise<VaultDamage | undefined> => {
  const entry = await readEntry(parts, segment, leaf)
  const offset = segment.offsets[leaf] as number
  if (!entry.ok) {
    if (segment.lengths[leaf] === 0) return undefined
    const raw = await parts.files
      .read(segment.valuesFile, offset, HEAD_BYTES_MAX)
      .catch(() => Buffer.alloc(0))
    const head = decodeHead(raw)
    const name = head && { kind: head.kind, key: head.key }
    return { file: path.basename(segment.valuesFile), offset, ...name, message: entry.message }
  }
  const { kind, key } = entry.value.head
  if (!entry.value.hasEndMark) {
    const message = 'The end mark of an entry is damaged; the value itself is whole.'
    return { file: path.basename(segment.valuesFile), offset, kind, key, message }
  }
  if (entry.value.type === 'value') return undefined
  for await (const part of contentOf(entry.value)) {
    if (!part.ok) return { file: path.basename(entry.value.file), kind, key, message: part.message }
  }
  return undefined
}

/** Reads and opens every value; yields what does not open. Bounded memory; new values may come meanwhile. */
export async function* verifySegments(
  parts: ReaderParts & { readonly masterKey: Uint8Array },
  segments: readonly Segment[],
): AsyncGenerator<VaultDamage> {
  for (const segment of segments) {
    if ((await readKeyFile(segment.keysFile, parts.masterKey, segment.number)) === undefined) {
      const message = `The storage keys of ${segment.liveCount} values do not open.`
      yield { file: path.basename(segment.keysFile), message }
    }
    if (segment.tree === undefined) continue
    const leafEnd = segment.leafEnd
    for (let leaf = 0; leaf < leafEnd; leaf++) {
      if (segment.lengths[leaf] === 0 || !segment.tree.has(leaf)) continue
      const damage = await damageOf(parts, segment, leaf)
      if (damage !== undefined) yield damage
    }
  }
}
