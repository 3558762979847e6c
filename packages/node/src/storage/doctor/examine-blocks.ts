import {
  blockHash,
  type CommittedBlock,
  decodeCommittedBlock,
  equalBytes,
  type Header,
  type SignatureVerifier,
  transactionsRootOfBlock,
  type ValidatorSet,
  validateCertificate,
  validatorSetHash,
} from '@medchain/core'
import type { BlockIndex } from '../blocks/block-index.ts'
import { createHealedBlocks } from '../blocks/healed-blocks.ts'
import { readLowestHeight } from '../blocks/lowest-height.ts'
import { scanSegment } from '../blocks/scan-segment.ts'
import { listSegments, segmentsBelow } from '../blocks/segment-files.ts'
import { StorageError } from '../storage-error.ts'
import type { Finding } from './finding.ts'

export interface ExaminedBlocks {
  /** Highest height read. */
  height: number
  /** State roots by height, of the newest blocks. */
  readonly stateRoots: Map<number, Uint8Array>
}

const STATE_ROOTS_KEPT = 4096

export interface ExaminedNetwork {
  readonly networkId: Uint8Array
  readonly validatorsAt: (height: number) => ValidatorSet
  readonly verifier: SignatureVerifier
}

interface Chain extends ExaminedNetwork {
  parent: Header | undefined
  next: number
}

const faultsOf = (chain: Chain, { block, certificate }: CommittedBlock): string[] => {
  const { header } = block
  const { parent, networkId } = chain
  const faults: string[] = []
  const parentHash = parent ? blockHash(parent) : networkId
  const hash = blockHash(header)
  if (header.height !== chain.next) faults.push('it stands at the wrong height')
  if (!equalBytes(header.networkId, networkId)) faults.push('it belongs to another network')
  if (chain.next === 1 || parent) {
    if (!equalBytes(header.parentHash, parentHash)) faults.push('it does not follow the block before it')
  }
  const set = chain.validatorsAt(chain.next)
  const setHash = parent?.nextValidatorSetHash ?? validatorSetHash(set)
  if (!equalBytes(header.validatorSetHash, setHash)) faults.push('it names other validators')
  if (!equalBytes(header.transactionsRoot, transactionsRootOfBlock(block.transactions))) {
    faults.push('its transactions are not those of its header')
  }
  if (!equalBytes(certificate.blockHash, hash) || certificate.height !== header.height) {
    faults.push('its certificate is for another block')
  } else if (equalBytes(header.validatorSetHash, validatorSetHash(set))) {
    const valid = validateCertificate(certificate, 'commit', networkId, set, chain.verifier)
    if (!valid.ok) faults.push(`its certificate does not hold (${valid.code})`)
  }
  return faults
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

export interface BlockExamination {
  readonly folder: string
  readonly network: ExaminedNetwork
  readonly placeOf: BlockIndex['get']
  /** Filled while the blocks are read. */
  readonly seen: ExaminedBlocks
}

/** Bytes that are no sound block: torn by a crash only if the index never knew a block there. */
const brokenAt = (height: number, isTail: boolean, where: string): Finding =>
  isTail
    ? { code: 'storage.torn-tail', where, message: `Block ${height} is incomplete, and none follows it.` }
    : { code: 'storage.block-damaged', where, message: `Block ${height} is not as it was written.` }

/** What is wrong with a block that follows those examined so far; the chain goes on from it. */
function* examineBlock(
  chain: Chain,
  committed: CommittedBlock,
  where: string,
  seen: ExaminedBlocks,
  isIndexed = true,
): Generator<Finding> {
  const faults = faultsOf(chain, committed)
  if (!isIndexed) faults.push('the index names another one')
  for (const fault of faults) {
    yield { code: 'storage.block-invalid', where, message: `Block ${chain.next} is false: ${fault}.` }
  }
  const { header } = committed.block
  seen.height = header.height
  seen.stateRoots.set(header.height, header.stateRoot)
  seen.stateRoots.delete(header.height - STATE_ROOTS_KEPT)
  chain.parent = header
  chain.next = header.height + 1
}

const lowestIn = (folder: string): number | Finding => {
  try {
    return readLowestHeight(folder)
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    return { code: error.code, where: folder, message: error.message }
  }
}

/**
 * Every stored block: its bytes, its place in the chain, its transactions, its certificate, its index entry. Blocks
 * below the lowest height that the store keeps are not missed.
 */
export async function* examineBlocks(options: BlockExamination): AsyncGenerator<Finding> {
  const { folder, network, placeOf, seen } = options
  const lowest = lowestIn(folder)
  if (typeof lowest !== 'number') yield lowest
  const next = typeof lowest === 'number' ? lowest : (listSegments(folder)[0]?.first ?? 1)
  const chain: Chain = { ...network, parent: undefined, next }
  const dropped = segmentsBelow(folder, next).length
  const healed = createHealedBlocks(folder)

  /** The next block, which its segment does not give: sound where a healed copy is. */
  function* examineMissing(where: string, isTail: boolean): Generator<Finding> {
    const copy = healed.read(chain.next)
    const decoded = copy && decodeCommittedBlock(copy)
    if (decoded?.ok) {
      yield* examineBlock(chain, decoded.value, `${folder}, the healed copy of block ${chain.next}`, seen)
      return
    }
    yield brokenAt(chain.next, isTail && placeOf(chain.next) === undefined, where)
    chain.parent = undefined
    chain.next += 1
  }

  for (const { file } of listSegments(folder).slice(dropped)) {
    for (const found of scanSegment(file)) {
      const whereOf = (height: number): string => `${file} at byte ${found.offset}, block ${height}`
      const decoded = found.type === 'entry' ? decodeCommittedBlock(found.payload) : undefined
      if (found.type !== 'entry' || !decoded?.ok) {
        yield* examineMissing(whereOf(chain.next), found.type === 'torn')
        continue
      }
      // Damage may have taken more than one block with it.
      while (chain.next < found.head.height) yield* examineMissing(whereOf(chain.next), false)
      const place = placeOf(chain.next)
      const isIndexed = !place || equalBytes(place.digest, found.head.digest)
      yield* examineBlock(chain, decoded.value, whereOf(chain.next), seen, isIndexed)
      if (chain.next % 64 === 0) await nextTurn()
    }
  }
}
