import { type Proposal, pendingChange, proposalOrder, proposals, validators } from '@medchain/core'
import type { NodeClient } from './node-client.ts'
import { readState } from './proven-state.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'>

export interface NamedProposal extends Proposal {
  /** Transaction that opened it. */
  readonly id: Uint8Array
}

/** A proposal with its votes, as the chain proves it: nobody is to vote on what a node makes up. */
export const provenProposal = async (client: Asked, id: Uint8Array): Promise<NamedProposal | undefined> => {
  const proposal = await readState(client, proposals.schema, proposals.keyOf(id))
  return proposal && { ...proposal, id }
}

/** The proposals that the chain still has, oldest first. */
export const provenProposals = async (client: Asked): Promise<readonly NamedProposal[]> => {
  const ids = (await readState(client, proposalOrder.schema, proposalOrder.keyOf())) ?? []
  const found = await Promise.all(ids.map((id) => provenProposal(client, id)))
  return found.filter((proposal) => proposal !== undefined)
}

/** The change under way, if there is one. */
export const provenChange = (client: Asked) => readState(client, pendingChange.schema, pendingChange.keyOf())

/** How many validators the present set has. */
export const provenSetSize = async (client: Asked): Promise<number> =>
  (await readState(client, validators.schema, validators.keyOf()))?.length ?? 0
