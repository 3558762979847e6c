import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, ok, type Result, refuse } from '../encoding/index.ts'
import { blockHash, type CommittedBlock, transactionsRootOf } from '../ledger/block.ts'
import { wireHash } from '../ledger/transaction.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import { validateCertificate } from '../votes/certificate.ts'

export interface ProvenHashes {
  readonly hash: Uint8Array
  /** Of the transactions in their order: those that the header commits to. */
  readonly wireHashes: readonly Uint8Array[]
}

/**
 * Whether a quorum of `validators` committed to this very block at its height, bodies included (consensus Q35); gives
 * its hash, and those of its transactions.
 * Refuses with `block.other-certificate`, `block.other-bodies` or `certificate.*`.
 */
export const validateCommitted = (
  { block, certificate }: CommittedBlock,
  networkId: Uint8Array,
  validators: ValidatorSet,
  verifier: SignatureVerifier,
): Result<ProvenHashes> => {
  const hash = blockHash(block.header)
  if (certificate.height !== block.header.height || !equalBytes(certificate.blockHash, hash)) {
    return refuse('block.other-certificate', 'The certificate is for another block.')
  }
  const wireHashes = block.transactions.map(wireHash)
  if (!equalBytes(transactionsRootOf(wireHashes), block.header.transactionsRoot)) {
    return refuse('block.other-bodies', 'The transactions are not those of the header.')
  }
  const valid = validateCertificate(certificate, 'commit', networkId, validators, verifier)
  return valid.ok ? ok({ hash, wireHashes }) : valid
}
