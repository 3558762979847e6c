import { assertInvariant, ok, type Result } from '@medchain/core'
import { nodeCiphers } from '../../keystore/index.ts'
import { type CommitQueue, createCommitQueue } from './commit-queue.ts'
import { createFileCache } from './file-cache.ts'
import { encodeLargeFileKey, writeLargeFile } from './large-file.ts'
import { type LoadedVault, largeFileNamer, loadVault } from './load-vault.ts'
import { createSegmentAppender, type NewEntry } from './segment-appender.ts'
import { erasePositions } from './segment-eraser.ts'
import { leafOf, type Position, segmentOf } from './value-index.ts'
import { VALUE_KINDS, type ValueEntry, type ValueKind, type ValueName } from './value-name.ts'
import { contentOf, type OpenedEntry, readEntry, wholeContentOf } from './value-reader.ts'
import type { ValueStream, VaultOptions, VaultStats, VaultStore } from './vault-store.ts'
import { verifySegments } from './verify-values.ts'

const SEGMENT_BYTES_MAX = 64 * 1024 * 1024
const SMALL_BYTES_MAX = 1024 * 1024
const GROUP_BYTES_MAX = 16 * 1024 * 1024
const NO_PREFIX = new Uint8Array(0)

type Operation =
  | { readonly type: 'put'; readonly entries: readonly NewEntry[] }
  | { readonly type: 'erase'; readonly names: readonly ValueName[] }

const weightOf = (operation: Operation): number =>
  operation.type === 'put' ? operation.entries.reduce((sum, { value }) => sum + value.length, 0) : 0

const smallEntry = (entry: ValueEntry): NewEntry => ({
  ...entry,
  isLarge: false,
  nonce: nodeCiphers.randomBytes(12),
})

/** The store's parts behind its writing side: what is on disk, what the index says, one group at a time. */
const createWriter = (options: VaultOptions, vault: LoadedVault, parts: ReturnType<typeof createParts>) => {
  const { index, segments } = vault
  const { folder, masterKey } = options
  const segmentBytesMax = options.segmentBytesMax ?? SEGMENT_BYTES_MAX
  const shared = { folder, masterKey, segments, ...parts }
  const appender = createSegmentAppender({ ...shared, segmentBytesMax }, vault.resumable)
  // Erasures that have not reached the disk: a failed one is tried again with the next group.
  let pending: readonly Position[] = vault.superseded

  const drop = (name: ValueName): readonly Position[] => {
    const position = index.get(name)
    if (position === undefined) return []
    const segment = segments.get(segmentOf(position))
    if (segment !== undefined) segment.liveCount--
    index.delete(name)
    return [position]
  }

  const place = (entry: NewEntry, position: Position): readonly Position[] => {
    const dropped = drop(entry)
    index.set(entry, position)
    const segment = segments.get(segmentOf(position))
    assertInvariant(segment !== undefined, 'a written value has its segment')
    segment.liveCount++
    return dropped
  }

  const commit = async (group: readonly Operation[]): Promise<void> => {
    const positions = await appender.append(
      group.flatMap((each) => (each.type === 'put' ? each.entries : [])),
    )
    let written = 0
    const dropped = group.flatMap((operation) =>
      operation.type === 'put'
        ? operation.entries.flatMap((entry) => place(entry, positions[written++] as Position))
        : operation.names.flatMap(drop),
    )
    pending = [...pending, ...appender.takeAbandoned(), ...dropped]
    if (pending.length === 0) return
    await erasePositions({ ...shared, isActive: appender.isActive }, pending)
    pending = []
  }

  const queue: CommitQueue<Operation> = createCommitQueue(commit, weightOf, GROUP_BYTES_MAX)
  return { queue, close: () => queue.idle().then(appender.close) }
}

const createParts = (options: VaultOptions) => ({
  files: createFileCache(),
  largeFileOf: largeFileNamer(options.folder),
})

type Parts = ReturnType<typeof createParts>

const createReading = (vault: LoadedVault, parts: Parts, masterKey: Uint8Array) => {
  const { index, segments } = vault

  const open = async (name: ValueName): Promise<Result<OpenedEntry | undefined>> => {
    const position = index.get(name)
    if (position === undefined) return ok(undefined)
    const segment = segments.get(segmentOf(position))
    assertInvariant(segment !== undefined, 'the index points into a known segment')
    const entry = await readEntry(parts, segment, leafOf(position), name)
    // It may have been replaced or erased while it was being read.
    return entry.ok || index.get(name) === position ? entry : open(name)
  }

  const get: VaultStore['get'] = async (kind, key) => {
    const entry = await open({ kind, key })
    return entry.ok && entry.value !== undefined ? wholeContentOf(entry.value) : (entry as Result<undefined>)
  }

  const openStream: VaultStore['openStream'] = async (kind, key) => {
    const entry = await open({ kind, key })
    if (!entry.ok || entry.value === undefined) return entry as Result<undefined>
    const opened = entry.value
    const sizeBytes = opened.type === 'large' ? opened.fileKey.sizeBytes : opened.value.length
    return ok<ValueStream>({ chunks: contentOf(opened), isLarge: opened.type === 'large', sizeBytes })
  }

  const verifyAll: VaultStore['verifyAll'] = async function* () {
    yield* vault.damages
    yield* verifySegments({ ...parts, masterKey }, [...segments.values()])
  }

  const stats = (): VaultStats => ({
    segments: segments.size,
    values: Object.fromEntries(VALUE_KINDS.map((kind) => [kind, index.size(kind)])) as Record<
      ValueKind,
      number
    >,
    segmentBytes: [...segments.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    cutTails: vault.cutTails,
  })
  return { get, openStream, verifyAll, stats }
}

/** Takes chunks up to a limit into memory; `rest` begins with the same chunks when there was more. */
const readAhead = async (chunks: AsyncIterable<Uint8Array>, bytesMax: number) => {
  const iterator = chunks[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  let sizeBytes = 0
  while (sizeBytes <= bytesMax) {
    const next = await iterator.next()
    if (next.done === true) return { isWhole: true, taken }
    // The source may use its buffer again.
    taken.push(new Uint8Array(next.value))
    sizeBytes += next.value.length
  }
  const rest = async function* () {
    yield* taken
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { isWhole: false, taken, rest }
}

const createPutting = (options: VaultOptions, { largeFileOf }: Parts, queue: CommitQueue<Operation>) => {
  const smallBytesMax = options.smallBytesMax ?? SMALL_BYTES_MAX

  const largeEntry = async (name: ValueName, chunks: AsyncIterable<Uint8Array>): Promise<NewEntry> => {
    const nonce = nodeCiphers.randomBytes(12)
    const fileKey = await writeLargeFile(largeFileOf(nonce), chunks)
    return { kind: name.kind, key: name.key, value: encodeLargeFileKey(fileKey), isLarge: true, nonce }
  }

  const putBatch: VaultStore['putBatch'] = async (entries) => {
    if (entries.length === 0) return
    const prepared: NewEntry[] = []
    for (const entry of entries) {
      const isSmall = entry.value.length <= smallBytesMax
      prepared.push(isSmall ? smallEntry(entry) : await largeEntry(entry, inOnePiece(entry.value)))
    }
    await queue.add({ type: 'put', entries: prepared })
  }

  const putStream: VaultStore['putStream'] = async (name, chunks) => {
    const { isWhole, taken, rest } = await readAhead(chunks, smallBytesMax)
    const entry =
      isWhole || rest === undefined
        ? smallEntry({ ...name, value: new Uint8Array(Buffer.concat(taken)) })
        : await largeEntry(name, rest())
    await queue.add({ type: 'put', entries: [entry] })
  }
  return { putBatch, putStream }
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Opens or creates a vault; `vault.wrong-master-key` refuses, damage does not: it is named where it is met. */
export const openVaultStore = async (options: VaultOptions): Promise<Result<VaultStore>> => {
  const parts = createParts(options)
  const loaded = await loadVault(options, parts.files)
  if (!loaded.ok) {
    await parts.files.close()
    return loaded
  }
  const { index, superseded } = loaded.value
  const { queue, close } = createWriter(options, loaded.value, parts)
  if (superseded.length > 0) await queue.add({ type: 'erase', names: [] })
  return ok({
    ...createPutting(options, parts, queue),
    ...createReading(loaded.value, parts, options.masterKey),
    has: (kind, key) => index.get({ kind, key }) !== undefined,
    list: (kind, prefix) => index.list(kind, prefix ?? NO_PREFIX),
    erase: (kind, key) => queue.add({ type: 'erase', names: [{ kind, key }] }),
    eraseBatch: (names) => queue.add({ type: 'erase', names }),
    async close() {
      await close()
      await parts.files.close()
    },
  })
}
