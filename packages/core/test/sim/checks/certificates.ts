import { equalBytes } from '../../../src/encoding/index.ts'
import { validatorsOf } from '../../../src/ledger/index.ts'
import { type Certificate, type VoteType, voteMessage } from '../../../src/votes/index.ts'
import type { World } from '../world/world.ts'
import { isQuorum, membersOf } from './arithmetic.ts'

/** Whether a quorum of distinct members signed this vote (S4). */
export const isCertificate = (
  { genesis, networkId, signatures }: Pick<World, 'genesis' | 'networkId' | 'signatures'>,
  certificate: Certificate,
  type: VoteType,
  hash: Uint8Array,
): boolean => {
  const validators = validatorsOf(genesis)
  const members = membersOf(certificate.bitmap)
  const { height, round, blockHash } = certificate
  const message = voteMessage({ networkId, height, round, type, blockHash })
  return (
    equalBytes(blockHash, hash) &&
    members.length === certificate.signatures.length &&
    isQuorum(members.length, validators.length) &&
    members.every((member, at) => {
      const key = validators[member]?.votingKey
      return (
        key !== undefined &&
        signatures.verifier.verify(key, message, certificate.signatures[at] as Uint8Array)
      )
    })
  )
}
