import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { isJsonObject, readJson } from '@medchain/core'
import type { OpenedRecord } from '@medchain/node'
import { fail } from '../command-error.ts'
import type { Candidate } from './candidates.ts'
import type { ChartSink } from './export-records.ts'
import { recordFileName } from './record-file-name.ts'
import { bytesOfRecord, saveRecord } from './write-record.ts'
import { writeWhole } from './write-whole.ts'

/** What an export folder holds, after the manifest of FHIR Bulk Data, with our records beside it. */
export interface ExportManifest {
  readonly transactionTime: string
  readonly request: 'medchain export'
  readonly requiresAccessToken: false
  /** DID of the patient. */
  readonly subject: string
  readonly output: readonly { readonly type: string; readonly url: string; readonly count: number }[]
  readonly error: readonly []
  readonly records: readonly {
    readonly id: string
    readonly compartment: string
    readonly file: string
    /** Of a record that is not the present one: it stands under superseded/, and in no page. */
    readonly state?: 'replaced' | 'withdrawn'
  }[]
  readonly complete: boolean
}

const MANIFEST = 'manifest.json'

/** The manifest of a folder that an earlier export began; `export.damaged` for what is none. */
export const readManifest = async (folder: string): Promise<ExportManifest | undefined> => {
  const file = path.join(folder, MANIFEST)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT'
      ? undefined
      : fail('file.denied', `${file} cannot be read (${error.code ?? 'unknown'}).`),
  )
  if (text === undefined) return undefined
  try {
    const manifest = JSON.parse(text) as ExportManifest
    if (manifest.request === 'medchain export' && Array.isArray(manifest.records)) return manifest
  } catch {
    // Told below, as any other file that is no manifest.
  }
  return fail('export.damaged', `${file} is no manifest of an export.`, 'Name an empty folder with --out.')
}

/** A resource on one line: line ends between tokens are spaces of JSON, and no string of JSON holds one. */
const lineOf = (bytes: Uint8Array): string | undefined => {
  const parsed = readJson(bytes)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/[\r\n]+/g, ' ')
}

interface PageLine {
  readonly id: string
  readonly compartment: string
  readonly line: string
}

export interface ExportSink extends ChartSink {
  /** Writes lines of a type that is made anew each time. */
  readonly replace: (type: string, lines: readonly string[]) => Promise<void>
}

/**
 * A folder that can be gone on with: resources as NDJSON by type and page, other files beside them, and a manifest
 * that is renewed after every page. What the manifest names is whole; what it does not name is fetched again.
 */
export const openExportSink = async (
  named: string,
  subject: string,
  timestamp: string,
): Promise<ExportSink & { readonly done: ReadonlySet<string> }> => {
  const target = path.resolve(named)
  await mkdir(target, { recursive: true, mode: 0o700 })
  const before = await readManifest(target)
  if (before && before.subject !== subject)
    return fail('export.other-patient', `${target} holds an export of somebody else.`, 'Name another folder.')
  let manifest: ExportManifest = {
    ...(before ?? { output: [], records: [] }),
    ...{ transactionTime: timestamp, request: 'medchain export', requiresAccessToken: false, subject },
    ...{ error: [], complete: false },
  }
  let page = Math.max(0, ...manifest.output.map(({ url }) => Number(/-(\d+)\.ndjson$/.exec(url)?.[1] ?? 0)))
  const waiting = new Map<string, PageLine[]>()
  const files: ExportManifest['records'][number][] = []
  const keep = async (change: Partial<ExportManifest>): Promise<void> => {
    manifest = { ...manifest, ...change }
    await writeWhole(path.join(target, MANIFEST), Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`))
  }
  const writeLines = async (file: string, lines: readonly string[]): Promise<void> =>
    void (await writeWhole(path.join(target, file), Buffer.from(lines.map((line) => `${line}\n`).join(''))))

  const endPage = async (): Promise<void> => {
    if (waiting.size + files.length === 0) return
    page += 1
    const output = [...manifest.output]
    const records = [...manifest.records, ...files.splice(0)]
    for (const [type, lines] of waiting) {
      const url = `${type}-${String(page).padStart(4, '0')}.ndjson`
      await writeLines(
        url,
        lines.map(({ line }) => line),
      )
      output.push({ type, url, count: lines.length })
      records.push(...lines.map(({ id, compartment }) => ({ id, compartment, file: url })))
    }
    waiting.clear()
    await keep({ output, records })
  }

  return {
    target,
    isFolder: true,
    done: new Set(manifest.records.map(({ id }) => id)),
    async add({ id, chart: { compartment }, superseded }: Candidate, record: OpenedRecord) {
      const { mediaType, resourceType } = record.header
      const isFhir = !superseded && /^application\/fhir\+json\b/.test(mediaType) && record.bytes !== undefined
      const line = isFhir ? lineOf(await bytesOfRecord(record)) : undefined
      if (line !== undefined && /^[A-Za-z]+$/.test(resourceType)) {
        waiting.set(resourceType, [...(waiting.get(resourceType) ?? []), { id, compartment, line }])
        return
      }
      const folder = superseded ? 'superseded' : 'files'
      await mkdir(path.join(target, folder), { recursive: true, mode: 0o700 })
      const file = path.join(folder, recordFileName({ id, ...record.header }))
      await saveRecord(record, path.join(target, file))
      files.push({ id, compartment, file, ...(superseded && { state: superseded.state }) })
    },
    endPage,
    async replace(type, lines) {
      const url = `${type}.ndjson`
      await writeLines(url, lines)
      const others = manifest.output.filter((each) => each.url !== url)
      await keep({ output: [...others, { type, url, count: lines.length }] })
    },
    finish: () => keep({ complete: true }),
    abandon: async () => undefined,
  }
}
