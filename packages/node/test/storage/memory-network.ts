import { hexFromBytes } from '@medchain/core'
import type {
  FrameHandler,
  GossipHandler,
  Network,
  PeerHandler,
  RequestHandler,
} from '../../src/network/port.ts'

interface Member {
  readonly frames: FrameHandler[]
  readonly gossip: Map<string, GossipHandler>
  readonly served: Map<string, RequestHandler>
  readonly peers: PeerHandler[]
}

/** Networks of several nodes that reach each other within this process; `connect` brings them all together. */
export const createMemoryNetwork = (institutions: readonly Uint8Array[]) => {
  const names = institutions.map(hexFromBytes)
  const members = new Map<string, Member>(
    names.map((name) => [name, { frames: [], gossip: new Map(), served: new Map(), peers: [] }]),
  )
  const later = (run: () => unknown): void => void setImmediate(run)
  const networkOf = (self: string): Network => {
    const own = members.get(self) as Member
    const others = [...members].filter(([name]) => name !== self)
    const send = (to: Member, frame: Uint8Array): void =>
      later(() => {
        for (const handle of to.frames) handle(self, frame)
      })
    const network: Partial<Network> = {
      onPeer: (handler) => void own.peers.push(handler),
      onFrame: (handler) => void own.frames.push(handler),
      onGossip: (topic, handler) => void own.gossip.set(topic, handler),
      serve: (protocol, handler) => void own.served.set(protocol, handler),
      send: (to, frame) => send(members.get(to) as Member, frame),
      broadcast: (frame) => {
        for (const [, member] of others) send(member, frame)
      },
      publish: async (topic, bytes) => {
        for (const [, { gossip }] of others) later(() => gossip.get(topic)?.(self, bytes))
      },
      request: async (to, protocol, body) => {
        const handler = members.get(to)?.served.get(protocol)
        if (!handler) throw new Error(`${protocol} is not served`)
        return handler(self, body)
      },
      peers: () =>
        others.map(([institution]) => ({
          institution,
          peerId: institution,
          connected: true,
          queuedBytes: 0,
        })),
      blame: () => undefined,
    }
    return network as Network
  }
  return {
    networks: names.map(networkOf),
    connect: () => {
      for (const [self, { peers }] of members) {
        for (const institution of names) {
          if (institution === self) continue
          for (const handle of peers) handle({ institution, connected: true })
        }
      }
    },
  }
}
