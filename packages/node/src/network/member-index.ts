import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import type { Member, MemberDirectory } from './port.ts'

export interface IndexedMember {
  readonly member: Member
  readonly peerId: PeerId
  /** The text form of `peerId`, which is what everything is keyed by. */
  readonly id: string
}

/** The directory as it stands now, seen from the network's side. */
export interface MemberIndex {
  all(): readonly IndexedMember[]
  byId(id: string): IndexedMember | undefined
  byInstitution(institution: string): IndexedMember | undefined
}

/** Looks at the directory on every call, and derives peer ids only when its list is another one. */
export const createMemberIndex = (directory: MemberDirectory): MemberIndex => {
  let source: readonly Member[] | undefined
  let ids = new Map<string, IndexedMember>()
  let institutions = new Map<string, IndexedMember>()

  const isUnchanged = (members: readonly Member[]): boolean =>
    source !== undefined &&
    source.length === members.length &&
    members.every((member, index) => member === source?.[index])

  const refresh = (): void => {
    const members = directory.members()
    if (isUnchanged(members)) return
    source = [...members]
    ids = new Map()
    institutions = new Map()
    for (const member of members) {
      const indexed = indexMember(member)
      if (indexed === undefined) continue
      ids.set(indexed.id, indexed)
      institutions.set(member.institution, indexed)
    }
  }

  return {
    all() {
      refresh()
      return [...ids.values()]
    },
    byId(id) {
      refresh()
      return ids.get(id)
    },
    byInstitution(institution) {
      refresh()
      return institutions.get(institution)
    },
  }
}

/** A key that is not 32 bytes names nobody: such a member is not admitted. */
const indexMember = (member: Member): IndexedMember | undefined => {
  if (member.nodeKey.length !== 32) return undefined
  const key = publicKeyFromRaw(member.nodeKey)
  const peerId = peerIdFromPublicKey(key)
  return { member, peerId, id: peerId.toString() }
}
