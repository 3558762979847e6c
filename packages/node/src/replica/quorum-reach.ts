import { hexFromBytes, quorumOf, type ValidatorSet } from '@medchain/core'

export interface QuorumReach {
  readonly note: (institution: string, isConnected: boolean) => void
  /** Whether the connected validators and this node, if it is one, are a quorum. */
  readonly isThere: () => boolean
}

/** Which validators are connected; `selfIndex` is -1 for an observer. */
export const createQuorumReach = (
  status: () => { readonly validators: ValidatorSet; readonly selfIndex: number },
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
  }
}
