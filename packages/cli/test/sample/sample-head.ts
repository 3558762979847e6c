import {
  blockHash,
  type Certificate,
  certificateFromVotes,
  type Header,
  transactionsRootOfBlock,
  type ValidatorSet,
  validatorSetHash,
  voteMessage,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'

export interface SampleHead {
  readonly header: Header
  readonly certificate: Certificate
}

/** Those who decide a block, with their seeds in the same order, and those who decide the next one. */
export interface SampleVoters {
  readonly validators: ValidatorSet
  readonly votingSeeds: readonly Uint8Array[]
  readonly next?: ValidatorSet
}

export type SamplePlace = Pick<Header, 'networkId' | 'stateRoot' | 'height' | 'timeMs'> & {
  readonly transactions?: readonly Uint8Array[]
}

/** A header over a state root, with the votes of all validators. */
export const sampleHead = (
  { transactions = [], ...place }: SamplePlace,
  { validators, votingSeeds, next = validators }: SampleVoters,
): SampleHead => {
  const none = new Uint8Array(32)
  const header: Header = {
    ...place,
    version: 1,
    round: 0,
    parentHash: none,
    proposer: validators[0]!.institution,
    transactionsRoot: transactionsRootOfBlock(transactions),
    logRoot: none,
    logSize: 0,
    validatorSetHash: validatorSetHash(validators),
    nextValidatorSetHash: validatorSetHash(next),
  }
  const { networkId, height } = place
  const hash = blockHash(header)
  const message = voteMessage({ networkId, height, round: 0, type: 'commit', blockHash: hash })
  const votes = votingSeeds.map((seed, index) => [index, nodeCiphers.ed25519Sign(seed, message)] as const)
  return { header, certificate: certificateFromVotes(validators, height, 0, hash, new Map(votes)) }
}
