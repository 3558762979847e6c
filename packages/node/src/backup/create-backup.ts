import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Genesis, hexFromBytes, networkIdOf, ok, type Result, refuse } from '@medchain/core'
import { type Pack, pack } from 'tar-stream'
import { genesisText, type NodePaths } from '../config/index.ts'
import { syncFolder } from '../keystore/index.ts'
import { storedHeadHeight } from '../storage/blocks/stored-head.ts'
import { StorageError, writeError } from '../storage/index.ts'
import { VERSION } from '../version.ts'
import {
  ARCHIVE_FORMAT,
  type BackupHeader,
  HEADER_NAME,
  MANIFEST_NAME,
  type ManifestFile,
} from './archive-format.ts'
import { type HomeFile, homeFiles } from './home-files.ts'

const GENESIS = 'node/genesis.json'

export interface BackupOptions {
  readonly paths: NodePaths
  readonly genesis: Genesis
  readonly institutionName: string
  /** Where the archive goes; must not be there yet. */
  readonly file: string
  readonly nowMs: number
  /** Told after every file. */
  readonly onFile?: (file: ManifestFile) => void
}

export interface Backup {
  readonly header: BackupHeader
  readonly files: number
  readonly sizeBytes: number
}

const openIfThere = (file: string): Promise<FileHandle | undefined> =>
  open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

const addText = (archive: Pack, name: string, content: string): ManifestFile => {
  const text = Buffer.from(content)
  archive.entry({ name, mode: 0o600, mtime: new Date(0) }, text)
  return { path: name, sizeBytes: text.length, sha256: createHash('sha256').update(text).digest('hex') }
}

/** Adds as much of a file as there is now; undefined when it is gone. */
const addFile = async (archive: Pack, file: HomeFile): Promise<ManifestFile | undefined> => {
  const handle = await openIfThere(file.source)
  if (handle === undefined) return undefined
  try {
    const { size } = await handle.stat()
    const hash = createHash('sha256')
    const entry = archive.entry({ name: file.path, size, mode: 0o600, mtime: new Date(0) })
    const source = async function* () {
      if (size === 0) return
      const read = handle.createReadStream({ start: 0, end: size - 1, autoClose: false })
      for await (const chunk of read) {
        hash.update(chunk as Buffer)
        yield chunk as Buffer
      }
    }
    await pipeline(Readable.from(source(), { objectMode: false }), entry)
    return { path: file.path, sizeBytes: size, sha256: hash.digest('hex') }
  } finally {
    await handle.close()
  }
}

const fill = async (archive: Pack, options: BackupOptions, header: BackupHeader, spool: string) => {
  const files: ManifestFile[] = [addText(archive, HEADER_NAME, JSON.stringify(header))]
  for await (const file of homeFiles(options.paths, spool)) {
    const added = await addFile(archive, file)
    if (added === undefined) continue
    files.push(added)
    options.onFile?.(added)
  }
  // A home that never started has no copy of it yet.
  if (files.every(({ path: name }) => name !== GENESIS)) {
    files.push(addText(archive, GENESIS, genesisText(options.genesis)))
  }
  addText(archive, MANIFEST_NAME, JSON.stringify({ files }))
  archive.finalize()
  return files
}

const drain = async (archive: Pack, handle: FileHandle): Promise<void> => {
  for await (const chunk of archive) await handle.appendFile(chunk as Buffer)
}

const write = async (options: BackupOptions, temporary: string, spool: string): Promise<Backup> => {
  const { genesis, institutionName, nowMs, paths } = options
  const height = await storedHeadHeight(paths.blocks)
  const header: BackupHeader = {
    format: ARCHIVE_FORMAT,
    program: VERSION,
    networkId: hexFromBytes(networkIdOf(genesis)),
    networkName: genesis.name,
    institutionName,
    createdMs: nowMs,
    height,
  }
  const handle = await open(temporary, 'wx', 0o600)
  try {
    const archive = pack()
    const [files] = await Promise.all([
      fill(archive, options, header, spool).catch((error: unknown) => {
        archive.destroy(error as Error)
        throw error
      }),
      drain(archive, handle),
    ])
    await handle.sync()
    const { size } = await handle.stat()
    return { header, files: files.length, sizeBytes: size }
  } finally {
    await handle.close()
  }
}

/**
 * Writes the archive of a home whose daemon may run, whole or not at all, with mode 0600: chain, vault, outboxes,
 * directory, audit log and the keystore as it stands, without the memory of votes. `backup.exists`, `backup.in-home`, `storage.full`,
 * `storage.write-failed`, `backup.moved-on`.
 */
export const createBackup = async (options: BackupOptions): Promise<Result<Backup>> => {
  const { file } = options
  // The next backup would hold this one, and what was erased meanwhile.
  if (!path.relative(options.paths.data, path.resolve(file)).startsWith('..')) {
    return refuse('backup.in-home', `${file} is inside the home; a backup goes elsewhere.`)
  }
  const temporary = `${file}.tmp`
  const spool = `${file}.spool`
  try {
    const taken = await openIfThere(file)
    await taken?.close()
    if (taken) return refuse('backup.exists', `${file} is there already; a backup replaces nothing.`)
    await rm(temporary, { force: true })
    await rm(spool, { recursive: true, force: true })
    await mkdir(spool, { mode: 0o700 })
    const backup = await write(options, temporary, spool)
    await rename(temporary, file)
    await syncFolder(path.dirname(file))
    return ok(backup)
  } catch (error) {
    await rm(temporary, { force: true })
    return (error instanceof StorageError ? error : writeError(file, error)).refusal()
  } finally {
    await rm(spool, { recursive: true, force: true })
  }
}
