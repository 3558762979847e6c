import { equalBytes } from '../encoding/index.ts'
import { type CommittedBlock, decodeCommittedBlock } from '../ledger/block.ts'
import { type ValidatorSet, validatorIndexOf, validatorSetHash } from '../validators/validator-set.ts'
import { type Certificate, signerIndices } from '../votes/certificate.ts'
import type { BlockStorePort } from './ports.ts'

/** Stored blocks looked at for an own signature. */
const LOOK_BACK_BLOCKS = 1024

/** Whether the certificate bears the signature of this member of the set of its height. */
export const hasSigned = ({ bitmap }: Certificate, set: ValidatorSet, institution: Uint8Array): boolean => {
  const index = validatorIndexOf(set, institution)
  return index >= 0 && signerIndices(bitmap).includes(index)
}

/**
 * Highest stored block above `height` that was decided with a signature of `institution`, undefined without one. A
 * validator that remembers no signature above `height` then has an old copy of its memory (consensus Q77). Only blocks
 * of the given set tell, and only the newest 1024.
 */
export const ownSignatureAbove = (
  height: number,
  blocks: BlockStorePort,
  set: ValidatorSet,
  institution: Uint8Array,
): number | undefined => {
  const setHash = validatorSetHash(set)
  const isOwn = ({ block, certificate }: CommittedBlock): boolean =>
    equalBytes(block.header.validatorSetHash, setHash) && hasSigned(certificate, set, institution)
  const head = blocks.headHeight()
  for (let at = head; at > Math.max(height, head - LOOK_BACK_BLOCKS); at--) {
    const bytes = blocks.readBlock(at)
    const decoded = bytes && decodeCommittedBlock(bytes)
    if (decoded?.ok && isOwn(decoded.value)) return at
  }
  return undefined
}
