import {
  blockHash,
  type Certificate,
  certificateFromVotes,
  type Genesis,
  type Header,
  institutionIdOf,
  networkIdOf,
  validatorSetHash,
  validatorsOf,
  voteMessage,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'

export interface SampleHead {
  readonly header: Header
  readonly certificate: Certificate
}

/** A header over a state root, with the votes of all validators. */
export const sampleHead = (
  genesis: Genesis,
  votingSeeds: readonly Uint8Array[],
  stateRoot: Uint8Array,
  height: number,
  timeMs: number,
): SampleHead => {
  const validators = validatorsOf(genesis)
  const networkId = networkIdOf(genesis)
  const none = new Uint8Array(32)
  const header: Header = {
    version: 1,
    networkId,
    height,
    round: 0,
    parentHash: none,
    timeMs,
    proposer: institutionIdOf(genesis.members[0]!),
    transactionsRoot: none,
    stateRoot,
    logRoot: none,
    logSize: 0,
    validatorSetHash: validatorSetHash(validators),
    nextValidatorSetHash: validatorSetHash(validators),
  }
  const hash = blockHash(header)
  const message = voteMessage({ networkId, height, round: 0, type: 'commit', blockHash: hash })
  const votes = votingSeeds.map((seed, index) => [index, nodeCiphers.ed25519Sign(seed, message)] as const)
  return { header, certificate: certificateFromVotes(validators, height, 0, hash, new Map(votes)) }
}
