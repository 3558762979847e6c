import { readdir } from 'node:fs/promises'
import {
  decodeCommittedBlock,
  type Era,
  followHandovers,
  type Genesis,
  hasSigned,
  networkIdOf,
  type SignatureVerifier,
  validatorsAt,
  validatorsOf,
} from '@medchain/core'
import type { NodePaths } from '../config/index.ts'
import { scanSegment } from '../storage/blocks/scan-segment.ts'
import { listSegments } from '../storage/blocks/segment-files.ts'
import { readHandovers, storageFiles } from '../storage/index.ts'

export interface StoredBlocks {
  /** Highest sound block, 0 without one. */
  readonly headHeight: number
  readonly headTimeMs: number | undefined
  /** Highest of the newest stored blocks that bears the own signature, 0 without one. */
  readonly ownSignedHeight: number
}

const erasOf = async (
  paths: NodePaths,
  genesis: Genesis,
  verifier: SignatureVerifier,
): Promise<readonly Era[]> => {
  const genesisSet = validatorsOf(genesis)
  const read = await readHandovers(storageFiles(paths).handovers)
  const handovers = read.ok ? (read.value ?? []) : []
  const eras = followHandovers(genesisSet, networkIdOf(genesis), handovers, verifier)
  return eras.ok ? eras.value : [{ fromHeight: 1, validators: genesisSet }]
}

/** What the newest segment of a home's blocks says; nothing is changed. */
export const readStoredBlocks = async (
  paths: NodePaths,
  genesis: Genesis,
  institution: Uint8Array | undefined,
  verifier: SignatureVerifier,
): Promise<StoredBlocks> => {
  const found = { headHeight: 0, headTimeMs: undefined as number | undefined, ownSignedHeight: 0 }
  const names = await readdir(paths.blocks).catch(() => [])
  const newest = names.length > 0 ? listSegments(paths.blocks).at(-1) : undefined
  if (newest === undefined) return found
  const eras = await erasOf(paths, genesis, verifier)
  for (const entry of scanSegment(newest.file)) {
    const decoded = entry.type === 'entry' ? decodeCommittedBlock(entry.payload) : undefined
    if (!decoded?.ok) continue
    const { block, certificate } = decoded.value
    const { height } = block.header
    found.headHeight = height
    found.headTimeMs = block.header.timeMs
    const isOwn = institution && hasSigned(certificate, validatorsAt(eras, height), institution)
    if (isOwn) found.ownSignedHeight = height
  }
  return found
}
