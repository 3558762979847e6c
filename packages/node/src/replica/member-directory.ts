import {
  equalBytes,
  type Genesis,
  type GenesisMember,
  hexFromBytes,
  institutionIdOf,
  institutionsIn,
  members,
  type ReadView,
} from '@medchain/core'
import type { Member, MemberDirectory } from '../network/index.ts'
import type { CommittedBlockEvent } from './effect-runner.ts'

/** What a vote decided is in the state this many blocks after the one that it passed in. */
const EFFECT_HEIGHTS = 2

export interface RefreshingDirectory extends MemberDirectory {
  /** Reads the members again. */
  refresh(view: ReadView): void
  /** Reads them again after a block that may have changed them. */
  follow(event: Pick<CommittedBlockEvent, 'height' | 'header' | 'transactions'>, view: ReadView): void
}

const memberFrom = (id: Uint8Array, entry: GenesisMember): Member => ({
  institution: hexFromBytes(id),
  nodeKey: entry.nodeKey,
  addresses: entry.addresses,
  isValidator: entry.isValidator,
})

/** Who may connect: whom the committed state names; before it is read, the founders. */
export const createMemberDirectory = (genesis: Genesis): RefreshingDirectory => {
  let known: readonly Member[] = genesis.members.map((entry) => memberFrom(institutionIdOf(entry), entry))
  let untilHeight = 0
  const refresh = (view: ReadView): void => {
    known = institutionsIn(view).flatMap((id) => {
      const entry = view.get(members, id)
      return entry ? [memberFrom(id, entry)] : []
    })
  }
  return {
    members: () => known,
    refresh,
    follow({ height, header, transactions }, view) {
      const isGoverned = transactions.some(({ kind }) => /^(governance|validator)\./.test(kind))
      if (isGoverned) untilHeight = height + EFFECT_HEIGHTS
      const changesSet = !equalBytes(header.validatorSetHash, header.nextValidatorSetHash)
      if (changesSet || height <= untilHeight) refresh(view)
    },
  }
}
