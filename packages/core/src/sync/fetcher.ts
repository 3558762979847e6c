/** A network neighbour, as the host names it. */
export type SyncPeer = string

export interface FetchRequest {
  readonly to: SyncPeer
  readonly token: number
  readonly fromHeight: number
  readonly askedAtMs: number
}

interface PeerState {
  /** Height that the neighbour gave reason to expect. */
  seenHeight: number
  /** Whether it should be asked once even without such a reason. */
  isDue: boolean
  failures: number
  /** Token of the last request to it. */
  lastToken: number
}

/** An answer that takes longer is no better than none: whoever is slow on purpose is asked after the others. */
const SLOW_MS = 1000

/** What to ask of whom: one request under way, the next one sent before an answer is worked through. */
export interface Fetcher {
  readonly peerUp: (peer: SyncPeer) => void
  readonly peerDown: (peer: SyncPeer) => void
  /** The neighbour gave reason to think that it has this height. */
  readonly hint: (peer: SyncPeer, height: number) => void
  /** Asks somebody once more, in case all hints were lost, or everybody. */
  readonly poll: (isEverybody: boolean) => void
  /** The request to send now, if any: blocks above `fromHeight - 1` are missing. */
  readonly next: (fromHeight: number, nowMs?: number) => FetchRequest | undefined
  /** Whether this answer was asked for; it ends the request. `blocks` is how many it carried. */
  readonly answered: (
    peer: SyncPeer,
    token: number,
    claimedHeight: number,
    blocks: number,
    nowMs?: number,
  ) => FetchRequest | undefined
  /** No answer in time, or a useless one: others are asked first from now on. */
  readonly failed: (peer: SyncPeer, token: number | undefined, headHeight: number) => void
  readonly active: () => FetchRequest | undefined
  readonly seenHeight: () => number
  readonly peers: () => number
}

/** Who is asked: the most trusted of those who may have something, in turn among equals, whatever they claim. */
const choose = (peers: ReadonlyMap<SyncPeer, PeerState>, fromHeight: number): SyncPeer | undefined => {
  const able = [...peers.entries()].filter(([, peer]) => peer.isDue || peer.seenHeight >= fromHeight)
  able.sort(([a, x], [b, y]) => x.failures - y.failures || x.lastToken - y.lastToken || (a < b ? -1 : 1))
  return able[0]?.[0]
}

export const createFetcher = (): Fetcher => {
  const peers = new Map<SyncPeer, PeerState>()
  let active: FetchRequest | undefined
  let lastToken = 0

  const ask = (to: SyncPeer, fromHeight: number, askedAtMs: number): FetchRequest => {
    lastToken += 1
    active = { to, token: lastToken, fromHeight, askedAtMs }
    const peer = peers.get(to)
    if (peer) Object.assign(peer, { isDue: false, lastToken })
    return active
  }

  return {
    peerUp: (peer) => {
      peers.set(peer, { seenHeight: 0, isDue: true, failures: 0, lastToken: 0 })
    },
    peerDown: (peer) => {
      peers.delete(peer)
      if (active?.to === peer) active = undefined
    },
    hint: (peer, height) => {
      const known = peers.get(peer)
      if (known) known.seenHeight = Math.max(known.seenHeight, height)
    },
    poll: (isEverybody) => {
      const names = [...peers.keys()].sort()
      names.forEach((name, index) => {
        const peer = peers.get(name)
        if (peer && (isEverybody || index === lastToken % names.length)) peer.isDue = true
      })
    },
    next: (fromHeight, nowMs = 0) => {
      if (active !== undefined) return undefined
      const to = choose(peers, fromHeight)
      return to === undefined ? undefined : ask(to, fromHeight, nowMs)
    },
    answered: (peer, token, claimedHeight, blocks, nowMs = 0) => {
      if (active === undefined || active.token !== token || active.to !== peer) return undefined
      const request = active
      active = undefined
      const known = peers.get(peer)
      if (known === undefined) return request
      const reached = request.fromHeight + blocks - 1
      const isBroken = blocks === 0 && known.seenHeight >= request.fromHeight
      // An empty answer takes back whatever the neighbour claimed; claims cost it nothing, blocks do.
      known.seenHeight = blocks === 0 ? reached : Math.max(claimedHeight, reached)
      if (isBroken || nowMs > request.askedAtMs + SLOW_MS) known.failures += 1
      else if (blocks > 0) known.failures = 0
      return request
    },
    failed: (peer, token, headHeight) => {
      if (token !== undefined && active?.token !== token) return
      if (active?.to === peer) active = undefined
      const known = peers.get(peer)
      if (known === undefined) return
      known.failures += 1
      if (known.failures >= 3) known.seenHeight = Math.min(known.seenHeight, headHeight)
    },
    active: () => active,
    seenHeight: () => Math.max(0, ...[...peers.values()].map((peer) => peer.seenHeight)),
    peers: () => peers.size,
  }
}
