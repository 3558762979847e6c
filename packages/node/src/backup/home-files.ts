import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { refuse } from '@medchain/core'
import type { NodePaths } from '../config/index.ts'
import { StorageError } from '../storage/index.ts'
import { copyState } from '../storage/state/copy-state.ts'
import { spoolSegment } from '../vault/store/index.ts'
import { segmentNumbers } from '../vault/store/segment.ts'

/** A file that goes into an archive: where it is read, and what it is called below the home. */
export interface HomeFile {
  readonly path: string
  readonly source: string
  /** A copy made for the archive. */
  readonly isSpooled?: boolean
}

const TOP_FILES = ['node.json', 'genesis.json', 'member.json']

/** Memory of votes, locks, and what is copied in a way of its own or made again from the rest. */
const LEFT_OUT: readonly string[] = [
  'wal',
  'lock',
  'state',
  'state.damaged',
  'snapshots',
  'joining',
  'blocks/index',
  'vault/store',
]

const isTemporary = (name: string): boolean => name.endsWith('.tmp') || name === 'lock.mdb'

/** Every file below a folder of the home but those left out, in the order of their names. */
async function* below(paths: NodePaths, folder: string): AsyncGenerator<HomeFile> {
  const entries = await readdir(path.join(paths.data, folder), { withFileTypes: true }).catch(() => [])
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (LEFT_OUT.includes(name) || isTemporary(entry.name)) continue
    if (entry.isDirectory()) yield* below(paths, name)
    else if (entry.isFile()) yield { path: `node/${name}`, source: path.join(paths.data, name) }
  }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

async function* largeFiles(store: string, seen: Set<string>): AsyncGenerator<HomeFile> {
  const folder = path.join(store, 'large')
  for (const name of (await namesIn(folder)).sort()) {
    if (seen.has(name) || isTemporary(name)) continue
    seen.add(name)
    yield { path: `node/vault/store/large/${name}`, source: path.join(folder, name) }
  }
}

/** Segment after segment, in their order and until there is no further one: a replaced value is in a later segment. */
async function* vaultFiles(paths: NodePaths, spool: string): AsyncGenerator<HomeFile> {
  const store = path.join(paths.vault, 'store')
  if ((await namesIn(store)).includes('master.check')) {
    yield { path: 'node/vault/store/master.check', source: path.join(store, 'master.check') }
  }
  const seen = new Set<string>()
  yield* largeFiles(store, seen)
  for (let last = 0; ; ) {
    const next = (await segmentNumbers(store).catch(() => [])).find((number) => number > last)
    if (next === undefined) break
    last = next
    if (!(await spoolSegment(store, next, spool))) continue
    for (const name of (await readdir(spool)).filter((each) => /\.(keys|values)$/.test(each)).sort()) {
      const source = path.join(spool, name)
      yield { path: `node/vault/store/${name}`, source, isSpooled: true }
      await rm(source, { force: true })
    }
  }
  yield* largeFiles(store, seen)
}

/** The checkpoint of the state, then the blocks: they reach at least as far, and down to it. */
async function* chainFiles(paths: NodePaths, spool: string): AsyncGenerator<HomeFile> {
  const copy = path.join(spool, 'state')
  const checkpoint = await copyState(paths.state, copy)
  if (checkpoint !== undefined) {
    yield { path: 'node/state/data.mdb', source: path.join(copy, 'data.mdb'), isSpooled: true }
    await rm(copy, { recursive: true, force: true })
  }
  let lowest: number | undefined
  for await (const file of below(paths, 'blocks')) {
    const first = /(\d{12})\.blocks$/.exec(file.path)?.[1]
    if (first !== undefined) lowest ??= Number(first)
    yield file
  }
  if (lowest !== undefined && lowest > (checkpoint ?? 0) + 1) {
    const { code, message } = refuse(
      'backup.moved-on',
      'Blocks were dropped while the backup was made; make it again.',
    )
    throw new StorageError(code, message)
  }
}

/**
 * What a backup of a home holds, in an order in which a running daemon cannot make it inconsistent: first what is still
 * to be delivered, then the chain, then what the chain speaks of. `node/wal` is left out: a restored validator has no
 * memory of its votes and goes by what the others report (consensus Q78). `spool` is an empty folder.
 */
export async function* homeFiles(paths: NodePaths, spool: string): AsyncGenerator<HomeFile> {
  for (const name of TOP_FILES) yield { path: name, source: path.join(paths.home, name) }
  yield* below(paths, 'vault')
  yield* chainFiles(paths, spool)
  yield* vaultFiles(paths, spool)
  yield* below(paths, 'audit')
  for (const { name } of await readdir(paths.data, { withFileTypes: true })) {
    if (['vault', 'blocks', 'audit', ...LEFT_OUT].includes(name) || isTemporary(name)) continue
    const inside = await readdir(path.join(paths.data, name)).catch(() => undefined)
    if (inside) yield* below(paths, name)
    else yield { path: `node/${name}`, source: path.join(paths.data, name) }
  }
}
