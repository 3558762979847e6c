import { readFile, truncate } from 'node:fs/promises'
import { type AuditEntry, auditEntrySchema, base32FromBytes, decode, equalBytes } from '@medchain/core'
import { type ChartHeads, createChartHeads, follows, headAfter } from './chart-heads.ts'
import { scanFrames } from './frame.ts'
import { listLogFiles, logFile, type PlacedFrame, walkLog } from './log-files.ts'
import { type AnchorMark, decodeLogRecord, type LogRecord } from './log-record.ts'

/** Something in the log that is not as it was written. */
export interface LogDamage {
  readonly file: string
  readonly offset: number
  /** What is wrong, with chart and sequence where they can be told. */
  readonly detail: string
}

export interface AnchorMarks {
  /** The mark made before that anchor was submitted. */
  readonly find: (sequence: number, root: Uint8Array) => AnchorMark | undefined
  readonly add: (mark: AnchorMark) => void
}

const createAnchorMarks = (): AnchorMarks => {
  const marks = new Map<number, AnchorMark[]>()
  return {
    find: (sequence, root) => marks.get(sequence)?.find((mark) => equalBytes(mark.root, root)),
    add: (mark) => void marks.set(mark.sequence, [...(marks.get(mark.sequence) ?? []), mark]),
  }
}

export interface LoadedLog {
  readonly heads: ChartHeads
  /** By anchor number: an attempt that seemed to fail may be followed by another, and be committed late. */
  readonly marks: AnchorMarks
  readonly damage: readonly LogDamage[]
  /** Statements of entries from `sinceMs` on, so that their nonces stay used. */
  readonly recent: readonly AuditEntry[]
}

type Visit = (entry: AuditEntry, entryCount: number) => void

const ENTRY_BYTES_MAX = 4 * 1024 * 1024

/** Cuts what a crash left half written at the end of the newest file; answers whether something was cut. */
export const cutTornTail = async (folder: string): Promise<boolean> => {
  const newest = (await listLogFiles(folder)).at(-1)
  if (newest === undefined) return false
  const file = logFile(folder, newest)
  for (const frame of scanFrames(await readFile(file))) {
    if (frame.type !== 'torn') continue
    await truncate(file, frame.offset)
    return true
  }
  return false
}

const readRecord = (frame: PlacedFrame): LogRecord | undefined => {
  const record = frame.type === 'sound' ? decodeLogRecord(frame.payload) : undefined
  return record?.ok ? record.value : undefined
}

const badFrame = (frame: PlacedFrame): string =>
  frame.type === 'torn'
    ? `${frame.fileBytes - frame.offset} bytes at the end are no whole entry`
    : `${frame.sizeBytes} bytes are not as they were written`

/**
 * Reads the whole log and checks every frame and every chart's chain; a write that is under way or was cut off
 * at the very end is no damage. Throws the file system's errors.
 */
export const loadLog = async (
  folder: string,
  sinceMs: number,
  visit: Visit = () => undefined,
): Promise<LoadedLog> => {
  const heads = createChartHeads()
  const marks = createAnchorMarks()
  const damage: LogDamage[] = []
  const recent: AuditEntry[] = []
  const newest = (await listLogFiles(folder)).at(-1)

  const addEntry = (
    bytes: Uint8Array,
    frame: PlacedFrame,
    sizeBytes: number,
    note: (detail: string) => void,
  ) => {
    const entry = decode(auditEntrySchema, bytes, ENTRY_BYTES_MAX)
    if (!entry.ok) return note('an entry does not decode')
    const { value } = entry
    const { sequence } = heads.head(value.chart)
    if (!follows(heads.head(value.chart), value)) {
      const chart = base32FromBytes(value.chart)
      note(`chart ${chart}: entry ${sequence + 1} is missing or altered before entry ${value.sequence}`)
    }
    heads.add(headAfter(value), { file: frame.file, offset: frame.offset, sizeBytes })
    if (value.timeMs >= sinceMs) recent.push(value)
    visit(value, heads.entryCount())
  }

  for await (const frame of walkLog(folder)) {
    if (frame.type === 'torn' && frame.file === newest) continue
    const note = (detail: string): void =>
      void damage.push({ file: logFile(folder, frame.file), offset: frame.offset, detail })
    const record = readRecord(frame)
    if (record === undefined || frame.type !== 'sound') note(badFrame(frame))
    else if (record.type === 'mark') marks.add(record)
    else addEntry(record.entry, frame, frame.sizeBytes, note)
  }
  return { heads, marks, damage, recent }
}
