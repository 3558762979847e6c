import { statSync, truncateSync } from 'node:fs'
import { type AuditEntry, auditEntrySchema, base32FromBytes, decode, equalBytes } from '@medchain/core'
import { type ChartHeads, createChartHeads, follows, headAfter } from './chart-heads.ts'
import { listLogFiles, logFile, walkLog } from './log-files.ts'
import { type AnchorMark, decodeLogRecord } from './log-record.ts'

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
export const cutTornTail = (folder: string): boolean => {
  const newest = listLogFiles(folder).at(-1)
  if (newest === undefined) return false
  for (const frame of walkLog(folder)) {
    if (frame.type !== 'torn' || frame.file !== newest) continue
    truncateSync(logFile(folder, newest), frame.offset)
    return true
  }
  return false
}

/** Reads the whole log and checks every frame and every chart's chain. Throws the file system's errors. */
export const loadLog = (folder: string, sinceMs: number, visit: Visit = () => undefined): LoadedLog => {
  const heads = createChartHeads()
  const marks = createAnchorMarks()
  const damage: LogDamage[] = []
  const recent: AuditEntry[] = []
  for (const frame of walkLog(folder)) {
    const file = logFile(folder, frame.file)
    const note = (detail: string): void => void damage.push({ file, offset: frame.offset, detail })
    if (frame.type === 'torn') {
      note(`${statSync(file).size - frame.offset} bytes at the end are no whole entry`)
      continue
    }
    const record = frame.type === 'sound' ? decodeLogRecord(frame.payload) : undefined
    if (frame.type === 'damaged' || !record?.ok) {
      note(`${frame.sizeBytes} bytes are not as they were written`)
      continue
    }
    if (record.value.type === 'mark') {
      marks.add(record.value)
      continue
    }
    const entry = decode(auditEntrySchema, record.value.entry, ENTRY_BYTES_MAX)
    if (!entry.ok) {
      note('an entry does not decode')
      continue
    }
    const { value } = entry
    if (!follows(heads.head(value.chart), value)) {
      const expected = heads.head(value.chart).sequence + 1
      note(
        `chart ${base32FromBytes(value.chart)}: entry ${expected} is missing or altered before entry ${value.sequence}`,
      )
    }
    heads.add(headAfter(value), { file: frame.file, offset: frame.offset, sizeBytes: frame.sizeBytes })
    if (value.timeMs >= sinceMs) recent.push(value)
    visit(value, heads.entryCount())
  }
  return { heads, marks, damage, recent }
}
