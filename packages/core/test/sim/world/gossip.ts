import type { GossipTopic, GossipVerdict } from '../../../src/replica/index.ts'
import type { Host } from './host.ts'
import type { Network } from './network.ts'
import type { World } from './world.ts'

interface Told {
  readonly message: number
  readonly topic: GossipTopic
  readonly bytes: Uint8Array
}

/** gossipsub without its mesh: every neighbour is told once, and tells its own what it accepts. */
export interface Gossip {
  readonly publish: (host: Host, topic: GossipTopic, bytes: Uint8Array) => void
  readonly judged: (host: Host, token: number, verdict: GossipVerdict) => void
}

export const createGossip = (
  world: World,
  deliver: Network['deliver'],
  isLinked: Network['isLinked'],
): Gossip => {
  const waiting = new Map<number, Told>()
  const seen = new Set<string>()
  let lastMessage = 0
  let lastToken = 0

  const spread = (host: Host, told: Told): void => {
    seen.add(`${told.message}/${host.id}`)
    for (const to of world.hosts) {
      const place = `${told.message}/${to.id}`
      if (to === host || seen.has(place) || !isLinked(host, to)) continue
      lastToken += 1
      waiting.set(lastToken, told)
      const { topic, bytes } = told
      deliver(host, to, 'gossip', { type: 'gossip', from: host.peer, topic, token: lastToken, bytes })
    }
  }

  return {
    publish: (host, topic, bytes) => {
      lastMessage += 1
      spread(host, { message: lastMessage, topic, bytes })
    },
    judged: (host, token, verdict) => {
      const told = waiting.get(token)
      if (told === undefined) return
      world.checks.judged(host, told.topic, told.bytes, verdict)
      const isFirst = !seen.has(`${told.message}/${host.id}`)
      seen.add(`${told.message}/${host.id}`)
      if (verdict === 'accept' && isFirst) spread(host, told)
    },
  }
}
