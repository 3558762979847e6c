import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, type Result, refuse } from '../encoding/index.ts'
import { blockHash, type Header } from '../ledger/block.ts'
import { type ValidatorSet, validatorSetHash } from '../validators/validator-set.ts'
import { type Certificate, validateCertificate } from '../votes/certificate.ts'

/**
 * Whether a quorum of `validators` committed to the header in this network: what a person's client asks
 * before it believes a state root. Refuses with `proof.header` or the certificate's own codes.
 */
export const validateCommittedHeader = (
  header: Header,
  certificate: Certificate,
  networkId: Uint8Array,
  validators: ValidatorSet,
  verifier: SignatureVerifier,
): Result<void> => {
  const fits =
    equalBytes(header.networkId, networkId) &&
    header.height === certificate.height &&
    equalBytes(certificate.blockHash, blockHash(header)) &&
    equalBytes(header.validatorSetHash, validatorSetHash(validators))
  return fits
    ? validateCertificate(certificate, 'commit', networkId, validators, verifier)
    : refuse('proof.header', 'The header is not the one that the certificate and the validators stand for.')
}
