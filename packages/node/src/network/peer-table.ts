import type { PeerLink } from './peer-link.ts'

/** The live links, one a peer at most. */
export interface PeerTable {
  get(id: string): PeerLink | undefined
  all(): PeerLink[]
  set(link: PeerLink): void
  /** Removes this very link; false if another one has taken its place or it was never there. */
  delete(link: PeerLink): boolean
}

export const createPeerTable = (): PeerTable => {
  const links = new Map<string, PeerLink>()
  return {
    get: (id) => links.get(id),
    all: () => [...links.values()],
    set(link) {
      links.set(link.indexed.id, link)
    },
    delete(link) {
      return links.get(link.indexed.id) === link && links.delete(link.indexed.id)
    },
  }
}
