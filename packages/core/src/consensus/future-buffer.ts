import type { Peer } from './engine-types.ts'
import { type ConsensusMessage, roundOf, senderOf } from './messages.ts'

export const HEIGHTS_AHEAD_MAX = 10
const MESSAGES_PER_SENDER_MAX = 64
/** What carries more than a vote does: at most some 600 KiB of a sender in all. */
const PER_SENDER_MAX: Readonly<Record<string, number>> = { proposal: 2, 'round-change': 8 }

export interface BufferedMessage {
  readonly message: ConsensusMessage
  readonly from: Peer
}

/** Verified messages of heights to come, few of each sender (consensus Q28); the newest beyond a cap is dropped and resent later. */
export interface FutureBuffer {
  readonly has: (message: ConsensusMessage) => boolean
  readonly add: (entry: BufferedMessage) => void
  /** Messages of this height; forgets them and everything below. */
  readonly take: (height: number) => readonly BufferedMessage[]
}

const isSamePlace = (a: ConsensusMessage, b: ConsensusMessage): boolean =>
  a.type === b.type && a.height === b.height && roundOf(a) === roundOf(b)

export const createFutureBuffer = (): FutureBuffer => {
  const senders = new Map<number, BufferedMessage[]>()
  return {
    has: (message) =>
      (senders.get(senderOf(message)) ?? []).some((entry) => isSamePlace(entry.message, message)),
    add: (entry) => {
      const own = senders.get(senderOf(entry.message)) ?? []
      senders.set(senderOf(entry.message), own)
      const { type } = entry.message
      const alike = own.filter((known) => known.message.type === type).length
      if (own.length >= MESSAGES_PER_SENDER_MAX || alike >= (PER_SENDER_MAX[type] ?? MESSAGES_PER_SENDER_MAX))
        return
      own.push(entry)
    },
    take: (height) => {
      const due: BufferedMessage[] = []
      for (const [sender, own] of [...senders.entries()].sort(([a], [b]) => a - b)) {
        due.push(...own.filter((entry) => entry.message.height === height))
        senders.set(
          sender,
          own.filter((entry) => entry.message.height > height),
        )
      }
      return due
    },
  }
}
