import { base32FromBytes, type Compartment } from '@medchain/core'
import { CommandError } from '../command-error.ts'
import { EXIT, exitCodeOf } from '../exit-code.ts'
import type { FoundFiles } from './find-files.ts'
import type { ImportItem } from './import-item.ts'
import { type ImportPlan, itemsOfFile } from './items-of-file.ts'
import { type BatchPlanner, createBatchPlanner, type PlannedBatch } from './plan-batches.ts'
import type { ResourceSource } from './read-ahead.ts'
import { readResources } from './read-resources.ts'
import { failuresOfItems, type ImportedRecord, type ImportReport } from './report.ts'

export type KnownItem = 'new' | 'known' | 'erased'

const ERASED = 'The patient had this item erased; it is not imported again.'

/** What an import needs of the network. */
export interface ImportGate {
  readonly hasChart: (compartment: Compartment) => boolean
  /** For each digest whether the institution has the item already, or had it and erased it. */
  readonly known: (digests: readonly Uint8Array[]) => Promise<readonly KnownItem[]>
  /** Seals, anchors and stores; resolves once it is committed. */
  readonly send: (batch: PlannedBatch) => Promise<readonly ImportedRecord[]>
  /** Items done (imported, skipped or failed) so far, of those found so far. */
  readonly progress: (done: number, found: number) => void
  /** Whether the person wants it to end: what is under way is finished, and nothing more is begun. */
  readonly isInterrupted: () => boolean
}

/** One is sealed while two are on their way. */
const IN_FLIGHT_MAX = 3
const ROUND_RECORDS_MAX = 1000
const ROUND_BYTES_MAX = 8 * 1024 * 1024

/** What one run has found out, written by the functions below. */
interface Tally {
  imported: number
  skipped: number
  found: number
  done: number
  readonly seen: Set<string>
  readonly failed: ImportReport['failed'][number][]
  readonly records: ImportedRecord[]
  /** Why going on makes no sense: the node is gone. */
  fatal: CommandError | undefined
}

const asRefusal = (error: unknown): CommandError => {
  if (error instanceof CommandError) return error
  throw error
}

/** Whether going on makes no sense, and why. */
const isOver = (gate: ImportGate, tally: Tally): boolean => {
  if (tally.fatal === undefined && gate.isInterrupted()) {
    const message = 'The import was interrupted; run it again, and it goes on where it stopped.'
    tally.fatal = new CommandError('import.interrupted', message)
  }
  return tally.fatal !== undefined
}

const sendOne = async (batch: PlannedBatch, gate: ImportGate, tally: Tally): Promise<void> => {
  try {
    if (isOver(gate, tally)) throw tally.fatal
    const records = await gate.send(batch)
    tally.imported += records.length
    tally.records.push(...records)
  } catch (error) {
    const refusal = asRefusal(error)
    if (exitCodeOf(refusal.code) === EXIT.unavailable) tally.fatal = refusal
    tally.failed.push(...failuresOfItems(batch.items, refusal.code, refusal.message))
  }
  tally.done += batch.items.length
  gate.progress(tally.done, tally.found)
}

/** Batches on their way: `begin` waits until there is room for one more, `end` for all of them. */
const createSending = (gate: ImportGate, tally: Tally) => {
  const running = new Set<Promise<void>>()
  let broken: { readonly error: unknown } | undefined
  const check = (): void => {
    if (broken) throw broken.error
  }
  return {
    async begin(batch: PlannedBatch): Promise<void> {
      while (running.size >= IN_FLIGHT_MAX) await Promise.race(running)
      check()
      const sending = sendOne(batch, gate, tally)
        .catch((error: unknown) => {
          broken ??= { error }
        })
        .finally(() => running.delete(sending))
      running.add(sending)
    },
    async end(): Promise<void> {
      await Promise.all(running)
      check()
    },
  }
}

/** Items that are neither in this run already nor with the institution from an earlier one. */
const withoutKnown = async (
  items: readonly ImportItem[],
  gate: ImportGate,
  tally: Tally,
): Promise<readonly ImportItem[]> => {
  const fresh = items.filter(({ digest }) => {
    const name = base32FromBytes(digest)
    const isNew = !tally.seen.has(name)
    tally.seen.add(name)
    return isNew
  })
  const known = fresh.length === 0 ? [] : await gate.known(fresh.map(({ digest }) => digest))
  const are = (state: KnownItem): readonly ImportItem[] => fresh.filter((_, index) => known[index] === state)
  const unknown = are('new')
  const erased = are('erased')
  tally.failed.push(...failuresOfItems(erased, 'import.erased', ERASED))
  tally.skipped += items.length - unknown.length - erased.length
  tally.done += items.length - unknown.length
  return unknown
}

/** What is new of a round and has a chart, told apart from the rest of it. */
const admitted = async (
  items: readonly ImportItem[],
  gate: ImportGate,
  tally: Tally,
): Promise<readonly ImportItem[]> => {
  if (items.length === 0) return []
  tally.found += items.length
  gate.progress(tally.done, tally.found)
  let unknown: readonly ImportItem[]
  try {
    unknown = await withoutKnown(items, gate, tally)
  } catch (error) {
    tally.fatal ??= asRefusal(error)
    tally.failed.push(...failuresOfItems(items, tally.fatal.code, tally.fatal.message))
    return []
  }
  const homeless = unknown.filter(({ compartment }) => !gate.hasChart(compartment))
  for (const compartment of new Set(homeless.map((item) => item.compartment))) {
    const own = homeless.filter((item) => item.compartment === compartment)
    const message = `The patient has no chart for ${compartment}.`
    tally.failed.push(...failuresOfItems(own, 'import.no-chart', message))
    tally.done += own.length
  }
  return unknown.filter(({ compartment }) => gate.hasChart(compartment))
}

const isFull = (items: readonly ImportItem[], sizeBytes: number): boolean =>
  items.length >= ROUND_RECORDS_MAX || sizeBytes >= ROUND_BYTES_MAX

/**
 * Imports what the files hold: what cannot be read or is refused is listed and the rest goes on. Files are read while
 * batches are on their way; memory is bounded by a round of about 8 MiB, what waits for its batch to fill, and the
 * batches on their way. Once the node is gone nothing more is sent, and the rest is listed.
 */
export const runImport = async (
  { files, failures }: Pick<FoundFiles, 'files' | 'failures'>,
  plan: ImportPlan,
  gate: ImportGate,
  resourcesOf: ResourceSource = readResources,
): Promise<ImportReport> => {
  const tally: Tally = {
    imported: 0,
    skipped: 0,
    found: 0,
    done: 0,
    seen: new Set(),
    failed: [...failures],
    records: [],
    fatal: undefined,
  }
  const planner: BatchPlanner = createBatchPlanner()
  const sending = createSending(gate, tally)
  let round: ImportItem[] = []
  let roundBytes = 0
  const flush = async () => {
    const items = round
    round = []
    roundBytes = 0
    const batches = (await admitted(items, gate, tally)).flatMap(planner.add)
    for (const batch of batches) await sending.begin(batch)
  }
  for (const file of files) {
    if (isOver(gate, tally) && tally.fatal !== undefined) {
      tally.failed.push({ path: file.path, code: tally.fatal.code, message: tally.fatal.message })
      continue
    }
    try {
      for await (const portion of itemsOfFile(plan, file, resourcesOf)) {
        for (const { code, message } of portion.failures)
          tally.failed.push({ path: file.path, code, message })
        for (const item of portion.items) {
          round.push(item)
          roundBytes += item.content.type === 'bytes' ? item.sizeBytes : 0
          if (isFull(round, roundBytes)) await flush()
        }
      }
    } catch (error) {
      const { code, message } = asRefusal(fileError(error))
      tally.failed.push({ path: file.path, code, message })
    }
  }
  await flush()
  for (const batch of planner.rest()) await sending.begin(batch)
  await sending.end()
  const { imported, skipped, failed, records } = tally
  if (tally.fatal !== undefined && imported + skipped === 0) throw tally.fatal
  return { imported, skipped, failed, records }
}

const fileError = (error: unknown): unknown => {
  const { code, path, syscall } = error as NodeJS.ErrnoException
  return syscall === undefined
    ? error
    : new CommandError('file.denied', `${path ?? 'The file'} cannot be read (${code}).`)
}
