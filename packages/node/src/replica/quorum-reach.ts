import { equalBytes, hexFromBytes, quorumOf, type ReplicaStatus } from '@medchain/core'

export interface QuorumReach {
  readonly note: (institution: string, isConnected: boolean) => void
  /** Whether the connected validators and this node, if it is one, are a quorum. */
  readonly isThere: () => boolean
  /** Whether the round waits for the proposal of a validator that is not connected. */
  readonly isProposerGone: () => boolean
}

/** Which validators are connected; `selfIndex` is -1 for an observer. */
export const createQuorumReach = (
  status: () => Pick<ReplicaStatus, 'validators' | 'selfIndex' | 'proposer' | 'awaitsProposal'>,
): QuorumReach => {
  const connected = new Set<string>()
  return {
    note: (institution, isConnected) => {
      if (isConnected) connected.add(institution)
      else connected.delete(institution)
    },
    isThere: () => {
      const { validators, selfIndex } = status()
      const reached = validators.filter(
        (member, index) => index === selfIndex || connected.has(hexFromBytes(member.institution)),
      )
      return reached.length >= quorumOf(validators.length)
    },
    isProposerGone: () => {
      const { validators, selfIndex, proposer, awaitsProposal } = status()
      const own = validators[selfIndex]?.institution
      const isSelf = own !== undefined && equalBytes(own, proposer)
      return awaitsProposal && !isSelf && !connected.has(hexFromBytes(proposer))
    },
  }
}
