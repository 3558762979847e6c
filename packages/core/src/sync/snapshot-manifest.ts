import type { LogFrontier } from '../crypto/merkle-log.ts'
import { isFrontier, rootFromFrontier } from '../crypto/merkle-log.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import {
  bytes,
  decode,
  encode,
  equalBytes,
  exactly,
  list,
  ok,
  type Result,
  refuse,
  struct,
  uint,
} from '../encoding/index.ts'
import { blockHash, type Header, headerSchema } from '../ledger/block.ts'
import { type Genesis, networkIdOf, validatorsOf } from '../ledger/genesis.ts'
import { validateCommittedHeader } from '../proofs/committed-header.ts'
import {
  decodeHandover,
  type Era,
  encodedHandoversSchema,
  followHandovers,
  type Handover,
  validatorsAt,
} from '../proofs/handover.ts'
import { CHUNK_COUNT, subtreeHash } from '../state/subtree.ts'
import { validatorSetHash } from '../validators/validator-set.ts'
import { type Certificate, certificateSchema } from '../votes/certificate.ts'

const MANIFEST_SIZE_BYTES_MAX = 20 * 1024 * 1024

/** What a snapshot of the chain at one height consists of; everything else of it is checked against this. */
export interface SnapshotManifest {
  readonly version: number
  /** Header of the snapshot's height, with its certificate. */
  readonly header: Header
  readonly certificate: Certificate
  /** All handovers up to the header's height, each encoded, in their order. */
  readonly handovers: readonly Uint8Array[]
  /** The log of blocks below the header's. */
  readonly log: LogFrontier
  /** Hashes of the tree's nodes at depth 4: 256. */
  readonly chunkHashes: readonly Uint8Array[]
  /** Blocks that come with it: those in which a transaction stands that could still be repeated. */
  readonly recentBlocks: { readonly fromHeight: number; readonly toHeight: number }
}

export const logFrontierSchema = struct<LogFrontier>({ size: uint(), hashes: list(bytes(32), 64) })

const manifestSchema = struct<SnapshotManifest>({
  version: exactly(1),
  header: headerSchema,
  certificate: certificateSchema,
  handovers: encodedHandoversSchema,
  log: logFrontierSchema,
  chunkHashes: list(bytes(32), CHUNK_COUNT),
  recentBlocks: struct<SnapshotManifest['recentBlocks']>({ fromHeight: uint(), toHeight: uint() }),
})

export const encodeManifest = (manifest: SnapshotManifest): Uint8Array => encode(manifestSchema, manifest)

export const decodeManifest = (data: Uint8Array): Result<SnapshotManifest> =>
  decode(manifestSchema, data, MANIFEST_SIZE_BYTES_MAX)

/** A manifest that follows from the genesis document. */
export interface SoundManifest {
  readonly manifest: SnapshotManifest
  readonly height: number
  readonly hash: Uint8Array
  readonly handovers: readonly Handover[]
  /** The validators of every height up to the one above the header's. */
  readonly eras: readonly Era[]
}

const decodeAll = (encoded: readonly Uint8Array[]): Result<readonly Handover[]> => {
  const all: Handover[] = []
  for (const each of encoded) {
    const handover = decodeHandover(each)
    if (!handover.ok) return handover
    all.push(handover.value)
  }
  return ok(all)
}

const validateContent = ({ header, log, chunkHashes, recentBlocks }: SnapshotManifest): Result<void> => {
  if (chunkHashes.length !== CHUNK_COUNT || !equalBytes(subtreeHash(chunkHashes), header.stateRoot))
    return refuse('snapshot.wrong-state-root', 'The pieces of the state are not those of the header.')
  const isBelow = log.size === header.height - 1 && log.size === header.logSize
  if (!isBelow || !isFrontier(log) || !equalBytes(rootFromFrontier(log), header.logRoot))
    return refuse('snapshot.wrong-log', 'The snapshot’s log is not the one that its header commits to.')
  const { fromHeight, toHeight } = recentBlocks
  return fromHeight >= 1 && fromHeight <= toHeight && toHeight === header.height
    ? ok(undefined)
    : refuse('snapshot.wrong-range', 'The blocks of the snapshot do not end with its header.')
}

/**
 * Whether a manifest follows from the genesis document: the validators of its height, found by the handovers, committed
 * to its header, and this one to log and pieces. Refuses with `snapshot.wrong-handovers`, `snapshot.not-committed`,
 * `snapshot.wrong-state-root`, `snapshot.wrong-log` or `snapshot.wrong-range`.
 */
export const validateManifest = (
  manifest: SnapshotManifest,
  genesis: Genesis,
  verifier: SignatureVerifier,
): Result<SoundManifest> => {
  const networkId = networkIdOf(genesis)
  const { header, certificate } = manifest
  const { height } = header
  const handovers = decodeAll(manifest.handovers)
  const eras = handovers.ok
    ? followHandovers(validatorsOf(genesis), networkId, handovers.value, verifier)
    : handovers
  if (!handovers.ok || !eras.ok || (eras.value.at(-1) as Era).fromHeight > height + 1)
    return refuse('snapshot.wrong-handovers', 'The snapshot’s validators do not follow from the genesis.')
  const isUpToDate = equalBytes(
    validatorSetHash(validatorsAt(eras.value, height + 1)),
    header.nextValidatorSetHash,
  )
  if (!isUpToDate) return refuse('snapshot.wrong-handovers', 'The snapshot lacks the last change of its set.')
  const set = validatorsAt(eras.value, height)
  if (!validateCommittedHeader(header, certificate, networkId, set, verifier).ok)
    return refuse('snapshot.not-committed', 'No quorum of the validators committed to the snapshot’s header.')
  const content = validateContent(manifest)
  return content.ok
    ? ok({ manifest, height, hash: blockHash(header), handovers: handovers.value, eras: eras.value })
    : content
}
