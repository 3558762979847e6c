import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import { type AuditEntry, auditEntrySchema, encode, hexFromBytes, ok, type Result } from '@medchain/core'
import { syncFolder } from '../keystore/index.ts'
import { createCommitQueue } from '../vault/store/commit-queue.ts'
import { writeFully } from '../vault/store/write-fully.ts'
import { type ChartHead, type ChartHeads, type EntryPlace, headAfter } from './chart-heads.ts'
import { refuseAudit } from './codes.ts'
import { encodeFrame, openFrame } from './frame.ts'
import { cutTornTail, type LoadedLog, loadLog } from './load-log.ts'
import { listLogFiles, logFile } from './log-files.ts'
import { type AnchorMark, decodeLogRecord, encodeLogRecord } from './log-record.ts'

type Later = 'signingKey' | 'loggedMs' | 'reference' | 'marks'
type LogFields = 'version' | 'node' | 'sequence' | 'previousHash' | Later

/** An entry without what the log adds itself. */
export type EntryDraft = Omit<AuditEntry, LogFields> & Partial<Pick<AuditEntry, Later>>

/** The node's append-only log of disclosures; what resolves ok is durable. */
export interface AuditLog {
  /** `audit.write-failed` when the disk refuses, `audit.damaged` when the log is not whole. */
  readonly append: (draft: EntryDraft) => Promise<Result<AuditEntry>>
  readonly mark: (mark: AnchorMark) => Promise<Result<void>>
  readonly heads: ChartHeads
  /** What was found at the start; marks are kept up to date. */
  readonly loaded: LoadedLog
  /** Encoded entries of a chart after a sequence, at most `limit`; `audit.damaged` names file and entry. */
  readonly read: (chart: Uint8Array, afterSequence: number, limit: number) => Promise<Result<Uint8Array[]>>
  readonly close: () => Promise<void>
}

type Operation = { readonly draft: EntryDraft; entry?: AuditEntry } | { readonly mark: AnchorMark }

const FILE_BYTES_MAX = 4 * 1024 * 1024
const GROUP_MAX = 512
const READ_BYTES_MAX = 8 * 1024 * 1024

interface Appender {
  /** Where the bytes came to lie, durable; throws the disk's error and leaves nothing behind. */
  readonly append: (bytes: Buffer) => Promise<{ readonly file: number; readonly offset: number }>
  readonly close: () => Promise<void>
}

const createAppender = async (folder: string): Promise<Appender> => {
  const newest = (await listLogFiles(folder)).at(-1)
  let number = newest ?? 1
  let sizeBytes = newest === undefined ? 0 : (await stat(logFile(folder, newest))).size
  let handle: FileHandle | undefined
  let isUnclean = false

  const ready = async (): Promise<FileHandle> => {
    if (sizeBytes > FILE_BYTES_MAX) {
      await handle?.close()
      handle = undefined
      number++
      sizeBytes = 0
    }
    if (handle === undefined) {
      handle = await open(logFile(folder, number), sizeBytes === 0 ? 'w' : 'r+', 0o600)
      await syncFolder(folder)
    }
    if (isUnclean) await handle.truncate(sizeBytes)
    isUnclean = false
    return handle
  }

  return {
    async append(bytes) {
      const current = await ready()
      try {
        await writeFully(current, bytes, sizeBytes)
        await current.datasync()
      } catch (error) {
        // After a failed sync nothing can be said of the pages: begin again from the last good end.
        isUnclean = true
        handle = undefined
        await current.close().catch(() => undefined)
        throw error
      }
      const offset = sizeBytes
      sizeBytes += bytes.length
      return { file: number, offset }
    },
    close: async () => handle?.close(),
  }
}

/** Gives drafts their place in their charts' chains, over the durable heads. */
const chain = (
  group: readonly Operation[],
  heads: ChartHeads,
  node: Uint8Array,
): (AuditEntry | AnchorMark)[] => {
  const tentative = new Map<string, ChartHead>()
  return group.map((operation) => {
    if ('mark' in operation) return operation.mark
    const { draft } = operation
    const name = hexFromBytes(draft.chart)
    const head = tentative.get(name) ?? heads.head(draft.chart)
    const entry: AuditEntry = {
      signingKey: undefined,
      loggedMs: undefined,
      reference: undefined,
      marks: [],
      ...draft,
      version: 2,
      node,
      sequence: head.sequence + 1,
      previousHash: head.hash,
    }
    tentative.set(name, headAfter(entry))
    operation.entry = entry
    return entry
  })
}

const isEntry = (item: AuditEntry | AnchorMark): item is AuditEntry => 'chart' in item

const readPlace = async (folder: string, place: EntryPlace): Promise<Uint8Array | undefined> => {
  const handle = await open(logFile(folder, place.file), 'r')
  try {
    const bytes = Buffer.alloc(place.sizeBytes)
    await handle.read(bytes, 0, bytes.length, place.offset)
    const payload = openFrame(bytes)
    const record = payload && decodeLogRecord(payload)
    return record?.ok && record.value.type === 'entry' ? record.value.entry : undefined
  } finally {
    await handle.close()
  }
}

/** Opens the log, cuts a torn tail and checks the rest. `sinceMs` bounds which entries `loaded.recent` has. */
export const openAuditLog = async (folder: string, node: Uint8Array, sinceMs: number): Promise<AuditLog> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await cutTornTail(folder)
  const loaded = await loadLog(folder, sinceMs)
  const { heads } = loaded
  const appender = await createAppender(folder)

  const commit = async (group: readonly Operation[]): Promise<void> => {
    const items = chain(group, heads, node)
    const frames = items.map((item) =>
      encodeFrame(
        encodeLogRecord(
          isEntry(item)
            ? { type: 'entry', entry: encode(auditEntrySchema, item) }
            : { type: 'mark', ...item },
        ),
      ),
    )
    const { file, offset } = await appender.append(Buffer.concat(frames))
    let at = offset
    items.forEach((item, position) => {
      const sizeBytes = frames[position]?.length ?? 0
      if (isEntry(item)) heads.add(headAfter(item), { file, offset: at, sizeBytes })
      else loaded.marks.add(item)
      at += sizeBytes
    })
  }
  const queue = createCommitQueue<Operation>(commit, () => 1, GROUP_MAX)

  const add = async (operation: Operation): Promise<Result<void>> => {
    const damaged = loaded.damage[0]
    if (damaged) return refuseAudit('audit.damaged', `${damaged.file}: ${damaged.detail}`)
    try {
      await queue.add(operation)
      return ok(undefined)
    } catch (error) {
      return refuseAudit('audit.write-failed', (error as NodeJS.ErrnoException).code)
    }
  }

  return {
    heads,
    loaded,
    async append(draft) {
      const operation: { draft: EntryDraft; entry?: AuditEntry } = { draft }
      const added = await add(operation)
      return added.ok ? ok(operation.entry as AuditEntry) : added
    },
    mark: (mark) => add({ mark }),
    async read(chart, afterSequence, limit) {
      const entries: Uint8Array[] = []
      let sizeBytes = 0
      const { sequence: last } = heads.head(chart)
      if (heads.places(chart).length !== last)
        return refuseAudit('audit.damaged', `an entry before ${last} is missing`)
      for (const place of heads.places(chart).slice(afterSequence, afterSequence + limit)) {
        const entry = await readPlace(folder, place)
        const sequence = afterSequence + entries.length + 1
        if (!entry) return refuseAudit('audit.damaged', `${logFile(folder, place.file)}: entry ${sequence}`)
        sizeBytes += entry.length
        if (entries.length > 0 && sizeBytes > READ_BYTES_MAX) break
        entries.push(entry)
      }
      return ok(entries)
    },
    async close() {
      await queue.idle()
      await appender.close()
    },
  }
}
