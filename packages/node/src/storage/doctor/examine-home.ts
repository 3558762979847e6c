import { access } from 'node:fs/promises'
import path from 'node:path'
import {
  followHandovers,
  type Genesis,
  networkIdOf,
  type SignatureVerifier,
  validatorsAt,
  validatorsOf,
} from '@medchain/core'
import { type NodePaths, nodePaths } from '../../config/index.ts'
import { readHandovers } from '../handover-file.ts'
import { storageFiles } from '../storage-files.ts'
import { checkStoreRecord, recordFile } from '../store-record.ts'
import { type ExaminedBlocks, type ExaminedNetwork, examineBlocks } from './examine-blocks.ts'
import { examineState } from './examine-state.ts'
import { examineVotes } from './examine-votes.ts'
import type { Finding } from './finding.ts'
import { openIndexReader } from './index-reader.ts'

export type { Finding } from './finding.ts'

const isPresent = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

const OTHER_FORMATS: readonly string[] = ['storage.old-format', 'storage.newer-format']

/** Gives whether this program can read the form in which the store lies there. */
async function* examineRecord(paths: NodePaths, genesis: Genesis): AsyncGenerator<Finding, boolean> {
  const checked = await checkStoreRecord(paths, networkIdOf(genesis))
  if (!checked.ok) yield { code: checked.code, where: recordFile(paths), message: checked.message }
  return checked.ok || !OTHER_FORMATS.includes(checked.code)
}

const hasState = (paths: NodePaths): Promise<boolean> => isPresent(path.join(paths.state, 'data.mdb'))

/** The list of handovers, and who the validators were as far as it tells soundly. */
async function* examineHandovers(
  paths: NodePaths,
  genesis: Genesis,
  verifier: SignatureVerifier,
): AsyncGenerator<Finding, ExaminedNetwork> {
  const where = storageFiles(paths).handovers
  const [first, networkId] = [validatorsOf(genesis), networkIdOf(genesis)]
  const read = await readHandovers(where)
  const eras = read.ok ? followHandovers(first, networkId, read.value ?? [], verifier) : read
  if (!eras.ok) yield { code: eras.code, where, message: eras.message }
  return {
    networkId,
    verifier,
    validatorsAt: (height) => (eras.ok ? validatorsAt(eras.value, height) : first),
  }
}

async function* examineChain(
  paths: NodePaths,
  network: ExaminedNetwork,
  seen: ExaminedBlocks,
): AsyncGenerator<Finding> {
  if (!(await isPresent(paths.blocks))) return
  const index = await openIndexReader(storageFiles(paths).index)
  if ('code' in index) yield index
  const placeOf = 'code' in index ? () => undefined : index.placeOf
  try {
    yield* examineBlocks({ folder: paths.blocks, network, placeOf, seen })
  } finally {
    if (!('code' in index)) await index.close()
  }
}

/**
 * Examines what the ledger of a home keeps on disk and yields what is wrong with it; nothing is changed. Of a store in
 * the form of another version nothing but that is said. Runs beside a working daemon too: only a block that is being
 * written at that moment may look torn.
 */
export async function* examineHome(
  home: string,
  genesis: Genesis,
  verifier: SignatureVerifier,
): AsyncGenerator<Finding> {
  const paths = nodePaths(home)
  const seen: ExaminedBlocks = { height: 0, stateRoots: new Map() }
  if (!(yield* examineRecord(paths, genesis))) return
  const network = yield* examineHandovers(paths, genesis, verifier)
  yield* examineChain(paths, network, seen)
  if (await hasState(paths)) yield* examineState(paths.state, seen.stateRoots)
  yield* examineVotes(storageFiles(paths), networkIdOf(genesis))
}
