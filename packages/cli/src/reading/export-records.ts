import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { OpenedRecord } from '@medchain/node'
import type { Candidate } from './candidates.ts'
import { createCollectionWriter } from './collection-bundle.ts'
import { recordFileName } from './record-file-name.ts'
import { bytesOfRecord, saveRecord } from './write-record.ts'
import { temporaryName } from './write-whole.ts'

/** Where a chart is written to; `add` throws a CommandError for a record that turns out damaged. */
export interface ChartSink {
  /** Absolute path of the file or folder. */
  readonly target: string
  readonly isFolder: boolean
  readonly add: (candidate: Candidate, record: OpenedRecord) => Promise<void>
  /** Makes durable what came since the last page. */
  readonly endPage: () => Promise<void>
  readonly finish: () => Promise<void>
  /** Leaves nothing half-written behind. */
  readonly abandon: () => Promise<void>
}

/** One file for each record, each there only once it is verified. */
export const createFolderSink = async (folder: string): Promise<ChartSink> => {
  const target = path.resolve(folder)
  await mkdir(target, { recursive: true, mode: 0o700 })
  return {
    target,
    isFolder: true,
    add: async ({ id }, record) => {
      await saveRecord(record, path.join(target, recordFileName({ id, ...record.header })))
    },
    endPage: async () => undefined,
    finish: async () => undefined,
    abandon: async () => undefined,
  }
}

/** A FHIR collection Bundle; it appears once it is whole. */
export const createBundleSink = async (named: string, timestamp: string): Promise<ChartSink> => {
  const target = path.resolve(named)
  const part = temporaryName(target)
  const handle: FileHandle = await open(part, 'wx', 0o600)
  const writer = await createCollectionWriter(handle, timestamp)
  return {
    target,
    isFolder: false,
    add: async ({ id }, record) => {
      const { mediaType, fullUrl } = record.header
      await writer.add({ id, mediaType, fullUrl, bytes: await bytesOfRecord(record) })
    },
    endPage: async () => undefined,
    finish: async () => {
      await writer.finish()
      await handle.close()
      await rename(part, target)
    },
    abandon: async () => {
      await handle.close().catch(() => undefined)
      await rm(part, { force: true })
    },
  }
}

/** A Bundle for a name that ends in .json, a folder for any other. */
export const createChartSink = (out: string, timestamp: string): Promise<ChartSink> =>
  /\.json$/i.test(out) ? createBundleSink(out, timestamp) : createFolderSink(out)
