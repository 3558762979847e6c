import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import type { Member, MemberDirectory } from './port.ts'

export interface IndexedMember {
  readonly member: Member
  /** The peer id's text form, which is what everything is keyed by. */
  readonly id: string
}

/** The directory as it stands now, seen from the network's side. */
export interface MemberIndex {
  all(): readonly IndexedMember[]
  byId(id: string): IndexedMember | undefined
  byInstitution(institution: string): IndexedMember | undefined
}

/** Looks at the directory on every call, and indexes it again only when its list is another one. */
export const createMemberIndex = (directory: MemberDirectory): MemberIndex => {
  let source: readonly Member[] | undefined
  let ids = new Map<string, IndexedMember>()
  let institutions = new Map<string, IndexedMember>()
  const peerIds = createPeerIds()

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
      const id = peerIds.of(member.nodeKey)
      if (id === undefined) continue
      const indexed = { member, id }
      ids.set(id, indexed)
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

const PEER_IDS_KEPT_MAX = 4_096

/** Peer ids by key, derived once. A key that is not 32 bytes names nobody: such a member is not admitted. */
const createPeerIds = (): { of: (nodeKey: Uint8Array) => string | undefined } => {
  const known = new Map<string, string>()
  return {
    of(nodeKey) {
      if (nodeKey.length !== 32) return undefined
      const hex = Buffer.from(nodeKey).toString('hex')
      const id = known.get(hex) ?? peerIdFromPublicKey(publicKeyFromRaw(nodeKey)).toString()
      if (known.size >= PEER_IDS_KEPT_MAX) known.clear()
      known.set(hex, id)
      return id
    },
  }
}
