import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { ok, type Refusal, type Result, refuse } from '@medchain/core'
import { extract } from 'tar-stream'
import {
  type BackupHeader,
  HEADER_NAME,
  isHomePath,
  MANIFEST_NAME,
  type ManifestFile,
  parseHeader,
  parseManifest,
} from './archive-format.ts'

const TEXT_SIZE_BYTES_MAX = 64 * 1024 * 1024

/** Says no to a backup before anything of it is written. */
export type AcceptHeader = (header: BackupHeader) => Refusal | undefined

interface Extracted {
  readonly header: BackupHeader
  readonly found: ReadonlyMap<string, ManifestFile>
  readonly manifest: readonly ManifestFile[]
}

/** Carries a refusal out of the loop over the entries. */
class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

const CUT_OFF = refuse('backup.cut-off', 'The backup ends too early: a part of it is missing.')

const damaged = (what: string): Refusal =>
  refuse('backup.damaged', `${what} in the backup is not as it was written.`)

const textOf = async (entry: AsyncIterable<Buffer>, name: string): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of entry) {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > TEXT_SIZE_BYTES_MAX) throw new Refused(damaged(name))
  }
  return Buffer.concat(chunks)
}

/** Writes one file below the folder, durably. */
const writeEntry = async (
  folder: string,
  name: string,
  entry: AsyncIterable<Buffer>,
): Promise<ManifestFile> => {
  const file = path.join(folder, name)
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'wx', 0o600)
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const chunk of entry) {
      hash.update(chunk)
      sizeBytes += chunk.length
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { path: name, sizeBytes, sha256: hash.digest('hex') }
}

const readEntries = async (
  file: string,
  folder: string,
  accept: AcceptHeader,
  signal: AbortSignal | undefined,
): Promise<Partial<Extracted>> => {
  const found = new Map<string, ManifestFile>()
  let header: BackupHeader | undefined
  let manifest: readonly ManifestFile[] | undefined
  const archive = extract()
  const bytes = createReadStream(file, { ...(signal && { signal }) })
  bytes.on('error', (error) => archive.destroy(error))
  bytes.pipe(archive)
  for await (const source of archive) {
    const { name, type } = source.header
    if (type !== 'file') throw new Refused(damaged(name))
    const entry = source as unknown as AsyncIterable<Buffer>
    if (header === undefined) {
      const read = name === HEADER_NAME ? parseHeader(await textOf(entry, name)) : damaged(HEADER_NAME)
      const refusal = read.ok ? accept(read.value) : read
      if (refusal) throw new Refused(refusal)
      if (read.ok) header = read.value
    } else if (name === MANIFEST_NAME) {
      const read = parseManifest(await textOf(entry, name))
      if (!read.ok) throw new Refused(read)
      manifest = read.value
    } else {
      if (!isHomePath(name) || found.has(name)) throw new Refused(damaged(name))
      found.set(name, await writeEntry(folder, name, entry))
    }
  }
  return { found, ...(header && { header }), ...(manifest && { manifest }) }
}

const mismatchOf = ({ found, manifest }: Extracted): string | undefined => {
  const files = manifest.filter(({ path: name }) => name !== HEADER_NAME)
  const wrong = files.find(({ path: name, sha256, sizeBytes }) => {
    const file = found.get(name)
    return file?.sha256 !== sha256 || file.sizeBytes !== sizeBytes
  })
  if (wrong) return wrong.path
  const listed = new Set(files.map(({ path: name }) => name))
  return [...found.keys()].find((name) => !listed.has(name))
}

/**
 * Writes the files of an archive below a folder and compares every one with the manifest. `backup.damaged` names the
 * first that differs, `backup.cut-off` an archive without an end; also what `accept` refuses.
 */
export const extractArchive = async (
  file: string,
  folder: string,
  accept: AcceptHeader,
  signal?: AbortSignal,
): Promise<Result<BackupHeader>> => {
  try {
    const { header, found, manifest } = await readEntries(file, folder, accept, signal)
    if (header === undefined) return refuse('backup.not-a-backup', `${file} is no backup of a node.`)
    if (manifest === undefined || found === undefined) {
      return CUT_OFF
    }
    const wrong = mismatchOf({ header, found, manifest })
    return wrong === undefined ? ok(header) : damaged(wrong)
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    if (error instanceof Error && /Unexpected end/i.test(error.message)) return CUT_OFF
    if (error instanceof Error && /tar header|checksum/i.test(error.message)) {
      return refuse('backup.damaged', 'The backup is damaged, or is no backup of a node.')
    }
    throw error
  }
}
