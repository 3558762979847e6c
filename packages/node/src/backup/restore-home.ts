import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { hexFromBytes, networkIdOf, ok, type Refusal, type Result, refuse } from '@medchain/core'
import { fingerprintOf, nodePaths, readGenesisFile } from '../config/index.ts'
import { syncFolder } from '../keystore/index.ts'
import { StorageError, writeError } from '../storage/index.ts'
import type { BackupHeader } from './archive-format.ts'
import { extractArchive } from './extract-archive.ts'

export interface RestoreOptions {
  readonly file: string
  /** Empty or not there yet. */
  readonly home: string
  /** The network that the backup has to be of. */
  readonly networkId?: Uint8Array
  /** Ends the restore; nothing of it stays. */
  readonly signal?: AbortSignal
}

/** What is not yet whole; a home that has it belongs to a restore that did not end. */
const UNFINISHED = '.restore'

// `node.json` last: without it nothing starts.
const RESTORED = ['node', 'genesis.json', 'member.json', 'node.json'] as const

/** Takes back what an unfinished restore left. */
const clear = async (home: string): Promise<void> => {
  for (const name of [...RESTORED].reverse())
    await rm(path.join(home, name), { recursive: true, force: true })
  await rm(path.join(home, UNFINISHED), { recursive: true, force: true })
}

/**
 * `backup.home-taken` unless the home is empty, or what an interrupted restore left is all there is. A home with its
 * `node.json`, which is moved in last, is whole and nobody's to clear.
 */
const claimHome = async (home: string): Promise<Result<{ readonly isNew: boolean }>> => {
  const isNew = (await mkdir(home, { recursive: true, mode: 0o700 })) !== undefined
  const names = await readdir(home)
  if (names.includes(UNFINISHED) && !names.includes('node.json')) await clear(home)
  else if (names.length > 0) {
    return refuse('backup.home-taken', `${home} is not empty; a backup is restored into an empty home.`)
  }
  await mkdir(path.join(home, UNFINISHED), { mode: 0o700 })
  return ok({ isNew })
}

const refusalOf = (header: BackupHeader, networkId: Uint8Array | undefined): Refusal | undefined => {
  if (networkId === undefined || header.networkId === hexFromBytes(networkId)) return undefined
  return refuse(
    'backup.other-network',
    `The backup is of the network ${header.networkName}, with another fingerprint than the one given.`,
  )
}

/** The genesis document in the backup founds the network that the backup says it is of. */
const checkGenesis = async (folder: string, header: BackupHeader): Promise<Result<BackupHeader>> => {
  const genesis = await readGenesisFile(nodePaths(folder).genesis)
  if (!genesis.ok) return genesis
  return hexFromBytes(networkIdOf(genesis.value)) === header.networkId
    ? ok(header)
    : refuse('backup.damaged', 'The genesis document in the backup is of another network than the backup.')
}

const moveIn = async (home: string): Promise<void> => {
  const folder = path.join(home, UNFINISHED)
  const names = await readdir(folder)
  for (const name of RESTORED) {
    if (!names.includes(name)) continue
    await rename(path.join(folder, name), path.join(home, name))
    await syncFolder(home)
  }
  await rm(folder, { recursive: true })
  await syncFolder(home)
}

const restore = async ({ file, home, networkId, signal }: RestoreOptions): Promise<Result<BackupHeader>> => {
  const folder = path.join(home, UNFINISHED)
  const header = await extractArchive(file, folder, (found) => refusalOf(found, networkId), signal)
  if (!header.ok) return header
  const checked = await checkGenesis(folder, header.value)
  if (checked.ok) await moveIn(home)
  return checked
}

export interface Restored extends BackupHeader {
  readonly fingerprint: string
}

/**
 * Makes a home from a backup: every file is written and compared before the first is moved in. A refusal or an
 * interruption leaves the home as it was; after a crash the next restore clears away what is not whole.
 * `backup.home-taken`, `backup.other-network`, `backup.newer-format`, `backup.damaged`, `backup.cut-off`,
 * `backup.interrupted`.
 */
export const restoreHome = async (options: RestoreOptions): Promise<Result<Restored>> => {
  const { home, signal, file } = options
  const claimed = await claimHome(home).catch((error: unknown) => writeError(home, error).refusal())
  if (!claimed.ok) return claimed
  const undo = async (refusal: Refusal): Promise<Refusal> => {
    await clear(home)
    if (claimed.value.isNew) await rmdir(home).catch(() => undefined)
    return refusal
  }
  try {
    const restored = await restore(options)
    if (!restored.ok) return await undo(restored)
    const networkId = Buffer.from(restored.value.networkId, 'hex')
    return ok({ ...restored.value, fingerprint: fingerprintOf(new Uint8Array(networkId)) })
  } catch (error) {
    if (signal?.aborted) {
      return await undo(refuse('backup.interrupted', 'The restore was interrupted; nothing of it was kept.'))
    }
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' &&
      (error as NodeJS.ErrnoException).path === file
    ) {
      return await undo(refuse('backup.missing', `There is no ${file}.`))
    }
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') {
      return await undo(refuse('backup.not-a-backup', `${file} is no backup of a node.`))
    }
    return await undo((error instanceof StorageError ? error : writeError(home, error)).refusal())
  }
}
