import { hashTagged } from '../../src/crypto/hash.ts'
import { bytesFromText } from '../../src/encoding/index.ts'
import { blockHash, type Header } from '../../src/ledger/block.ts'
import type { Handover } from '../../src/proofs/handover.ts'
import { quorumOf } from '../../src/validators/quorum.ts'
import { type ValidatorSet, validatorSetHash } from '../../src/validators/validator-set.ts'
import { type Certificate, certificateFromVotes } from '../../src/votes/certificate.ts'
import { voteMessage } from '../../src/votes/vote.ts'
import { fakeSigner } from '../replica/cluster-keys.ts'

const digest = (name: string): Uint8Array => hashTagged('medchain/test/1', bytesFromText(name))

export const madeNetworkId = digest('network')

/** Validators by name, with keys of their own. */
export const madeSet = (...names: readonly string[]): ValidatorSet =>
  names.map((name) => ({ institution: digest(name), votingKey: digest(`voting ${name}`) }))

export const madeCertificate = (
  header: Header,
  set: ValidatorSet,
  votes = quorumOf(set.length),
): Certificate => {
  const { networkId, height } = header
  const hash = blockHash(header)
  const message = voteMessage({ networkId, height, round: 0, type: 'commit', blockHash: hash })
  const signatures = set
    .slice(0, votes)
    .map(({ votingKey }, index) => [index, fakeSigner(votingKey).sign(message)] as const)
  return certificateFromVotes(set, height, 0, hash, new Map(signatures))
}

export const madeHeader = (height: number, set: ValidatorSet, next: ValidatorSet): Header => {
  const none = new Uint8Array(32)
  return {
    version: 1,
    networkId: madeNetworkId,
    height,
    round: 0,
    parentHash: none,
    timeMs: 1000 + height,
    proposer: set[0]?.institution ?? none,
    transactionsRoot: none,
    stateRoot: none,
    logRoot: none,
    logSize: height - 1,
    validatorSetHash: validatorSetHash(set),
    nextValidatorSetHash: validatorSetHash(next),
  }
}

/** The handover of `height` from one set to another, committed to by a quorum of the first. */
export const madeHandover = (height: number, set: ValidatorSet, next: ValidatorSet): Handover => {
  const header = madeHeader(height, set, next)
  return { header, certificate: madeCertificate(header, set), validators: next }
}
