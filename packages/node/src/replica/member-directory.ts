import {
  type Genesis,
  type GenesisMember,
  hexFromBytes,
  institutionIdOf,
  institutionsIn,
  members,
  type ReadView,
} from '@medchain/core'
import type { Member, MemberDirectory } from '../network/index.ts'

export interface RefreshingDirectory extends MemberDirectory {
  /** Reads the members again, after a block that may have changed them. */
  refresh(view: ReadView): void
}

const memberFrom = (id: Uint8Array, entry: GenesisMember): Member => ({
  institution: hexFromBytes(id),
  nodeKey: entry.nodeKey,
  addresses: entry.addresses,
  isValidator: entry.isValidator,
})

/** Who may connect: the founders, and whom the committed state names. */
export const createMemberDirectory = (genesis: Genesis): RefreshingDirectory => {
  const founders = genesis.members.map((entry) => memberFrom(institutionIdOf(entry), entry))
  let known: readonly Member[] = founders
  return {
    members: () => known,
    refresh: (view) => {
      const current = institutionsIn(view).flatMap((id) => {
        const entry = view.get(members, id)
        return entry ? [memberFrom(id, entry)] : []
      })
      const named = new Set(current.map(({ institution }) => institution))
      known = [...current, ...founders.filter(({ institution }) => !named.has(institution))]
    },
  }
}
