import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, ok, type Result, refuse } from '../encoding/index.ts'
import { quorumOf } from '../validators/quorum.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import { type Certificate, validateCertificate } from '../votes/certificate.ts'
import { roundChangeMessage } from '../votes/vote.ts'
import type { ProposalMessage, SignedRoundChange } from './messages.ts'

export interface JustificationContext {
  readonly networkId: Uint8Array
  readonly height: number
  readonly validators: ValidatorSet
  readonly verifier: SignatureVerifier
}

/** Whether the claim is well-formed and signed by the member it names: `validRoundChange` of the QBFT specification. */
export const isValidRoundChange = (context: JustificationContext, claim: SignedRoundChange): boolean => {
  const member = context.validators[claim.sender]
  const { newRound, preparedRound, preparedHash } = claim
  if (member === undefined || newRound < 1) return false
  if ((preparedRound === undefined) !== (preparedHash === undefined)) return false
  if (preparedRound !== undefined && preparedRound >= newRound) return false
  const { networkId, height } = context
  const message = roundChangeMessage({ networkId, height, newRound, preparedRound, preparedHash })
  return context.verifier.verify(member.votingKey, message, claim.signature)
}

/** Whether a quorum prepared this very block in this very round. */
export const isPreparedCertificate = (
  context: JustificationContext,
  certificate: Certificate | undefined,
  round: number,
  hash: Uint8Array,
): boolean =>
  certificate !== undefined &&
  certificate.height === context.height &&
  certificate.round === round &&
  equalBytes(certificate.blockHash, hash) &&
  validateCertificate(certificate, 'prepare', context.networkId, context.validators, context.verifier).ok

/** The claim with the highest prepared round, if any is prepared: `isHighestPrepared` of the QBFT specification. */
export const highestPrepared = <T extends Pick<SignedRoundChange, 'preparedRound'>>(
  claims: readonly T[],
): T | undefined =>
  claims.reduce<T | undefined>(
    (best, claim) => ((claim.preparedRound ?? -1) > (best?.preparedRound ?? -1) ? claim : best),
    undefined,
  )

/**
 * Whether the proposal may stand in its round (consensus Q10), the block's execution aside: `isProposalJustification` of the
 * QBFT specification (L1 node_auxiliary_functions.dfy). In place of `replaceRoundInBlock` a re-proposal is the
 * byte-identical block, so its header keeps the round and the proposer that built it.
 */
export const validateJustification = (
  context: JustificationContext,
  proposal: ProposalMessage,
  hash: Uint8Array,
): Result<void> => {
  const { header } = proposal.outline
  const leader = context.validators[proposal.sender]
  const isFresh =
    header.round === proposal.round && leader !== undefined && equalBytes(header.proposer, leader.institution)
  if (header.height !== context.height) return refuse('proposal.height', 'The block is for another height.')
  if (proposal.round === 0) {
    const isBare = proposal.roundChanges.length === 0 && proposal.prepared === undefined
    return isFresh && isBare
      ? ok(undefined)
      : refuse('proposal.first-round', 'Not a block of the first round.')
  }
  const claims = proposal.roundChanges
  const isOrdered = claims.every(
    (claim, i) => i === 0 || (claims[i - 1] as SignedRoundChange).sender < claim.sender,
  )
  if (!isOrdered || claims.length < quorumOf(context.validators.length)) {
    return refuse(
      'proposal.no-quorum',
      'The proposal is not justified by a quorum of distinct round-changes.',
    )
  }
  if (!claims.every((claim) => claim.newRound === proposal.round && isValidRoundChange(context, claim))) {
    return refuse('proposal.bad-round-change', 'A round-change in the justification is false.')
  }
  const highest = highestPrepared(claims)
  if (highest?.preparedRound === undefined || highest.preparedHash === undefined) {
    return isFresh && proposal.prepared === undefined
      ? ok(undefined)
      : refuse('proposal.not-fresh', 'Nothing was prepared, so the block must be of this round and proposer.')
  }
  if (!equalBytes(highest.preparedHash, hash)) {
    return refuse('proposal.not-prepared-block', 'Another block was prepared and must be proposed again.')
  }
  return isPreparedCertificate(context, proposal.prepared, highest.preparedRound, highest.preparedHash)
    ? ok(undefined)
    : refuse('proposal.no-prepared-certificate', 'The prepared certificate is missing or false.')
}
