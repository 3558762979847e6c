import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, ok, type Result, refuse } from '../encoding/index.ts'
import { blockHash, type CommittedBlock, transactionsRootOfBlock } from '../ledger/block.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import { validateCertificate } from '../votes/certificate.ts'

/**
 * Whether a quorum of `validators` committed to this very block at its height, bodies included (consensus Q35); gives its hash.
 * Refuses with `block.other-certificate`, `block.other-bodies` or `certificate.*`.
 */
export const validateCommitted = (
  { block, certificate }: CommittedBlock,
  networkId: Uint8Array,
  validators: ValidatorSet,
  verifier: SignatureVerifier,
): Result<Uint8Array> => {
  const hash = blockHash(block.header)
  if (certificate.height !== block.header.height || !equalBytes(certificate.blockHash, hash)) {
    return refuse('block.other-certificate', 'The certificate is for another block.')
  }
  if (!equalBytes(transactionsRootOfBlock(block.transactions), block.header.transactionsRoot)) {
    return refuse('block.other-bodies', 'The transactions are not those of the header.')
  }
  const valid = validateCertificate(certificate, 'commit', networkId, validators, verifier)
  return valid.ok ? ok(hash) : valid
}
