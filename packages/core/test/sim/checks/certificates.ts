import { equalBytes } from '../../../src/encoding/index.ts'
import { type Certificate, type VoteType, voteMessage } from '../../../src/votes/index.ts'
import type { World } from '../world/world.ts'
import { isQuorum, membersOf } from './arithmetic.ts'

/** Whether a quorum of distinct members of that height's set signed this vote (S4). */
export const isCertificate = (
  { membership, networkId, signatures }: Pick<World, 'membership' | 'networkId' | 'signatures'>,
  certificate: Certificate,
  type: VoteType,
  hash: Uint8Array,
): boolean => {
  const validators = membership.at(certificate.height)
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
