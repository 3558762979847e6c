import {
  blockHash,
  type CommittedBlock,
  decodeCommittedBlock,
  equalBytes,
  type Result,
  refuse,
  type SignatureVerifier,
  type ValidatorSet,
  validateCommitted,
  validatorSetHash,
} from '@medchain/core'

export interface HealedContext {
  readonly networkId: Uint8Array
  /** The set that decides the block of a height. */
  readonly validatorsAt: (height: number) => ValidatorSet
  readonly verifier: SignatureVerifier
  /** The stored block of a height, undefined when there is none that can be read. */
  readonly stored: (height: number) => CommittedBlock | undefined
}

const isLinked = ({ block }: CommittedBlock, hash: Uint8Array, context: HealedContext): boolean => {
  const { height, parentHash } = block.header
  const parent = context.stored(height - 1)
  const child = context.stored(height + 1)
  const expected = height === 1 ? context.networkId : parent && blockHash(parent.block.header)
  return (
    (!expected || equalBytes(parentHash, expected)) &&
    (!child || equalBytes(child.block.header.parentHash, hash))
  )
}

/**
 * Whether another node's bytes are the block of that height: a quorum committed to it, and it stands between the
 * neighbours that can be read. Refuses with `block.wrong-height`, `block.wrong-validators`, `block.wrong-parent`
 * and what `validateCommitted` says.
 */
export const verifyHealed = (
  height: number,
  bytes: Uint8Array,
  context: HealedContext,
): Result<CommittedBlock> => {
  const decoded = decodeCommittedBlock(bytes)
  if (!decoded.ok) return decoded
  const { header } = decoded.value.block
  if (header.height !== height) return refuse('block.wrong-height', 'The block is of another height.')
  const validators = context.validatorsAt(height)
  if (!equalBytes(header.validatorSetHash, validatorSetHash(validators)))
    return refuse('block.wrong-validators', 'The block names another validator set.')
  const proven = validateCommitted(decoded.value, context.networkId, validators, context.verifier)
  if (!proven.ok) return proven
  return isLinked(decoded.value, proven.value.hash, context)
    ? decoded
    : refuse('block.wrong-parent', 'The block does not stand between its neighbours.')
}
