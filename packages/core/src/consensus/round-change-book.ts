import type { Certificate } from '../votes/certificate.ts'
import type { SignedRoundChange } from './messages.ts'

/** Rounds ahead of the present one for which every round-change of a sender is kept; beyond, only the highest. */
const ROUNDS_AHEAD_MAX = 2

export interface BookedRoundChange {
  readonly claim: SignedRoundChange
  readonly prepared: Certificate | undefined
}

/** Verified round-changes of one height: at most four of each sender. */
export interface RoundChangeBook {
  readonly find: (newRound: number, sender: number) => BookedRoundChange | undefined
  readonly add: (currentRound: number, entry: BookedRoundChange) => void
  /** Those for exactly this round, in the order of the members. */
  readonly forRound: (round: number) => readonly BookedRoundChange[]
  /** The highest round that at least `count` senders have asked for or gone beyond, if above `round`. */
  readonly roundReachedBy: (count: number, round: number) => number | undefined
  readonly prune: (round: number) => void
}

export const createRoundChangeBook = (): RoundChangeBook => {
  const senders = new Map<number, Map<number, BookedRoundChange>>()
  const trim = (own: Map<number, BookedRoundChange>, currentRound: number): void => {
    const highest = Math.max(...own.keys())
    for (const round of own.keys()) {
      if (round < currentRound || (round > currentRound + ROUNDS_AHEAD_MAX && round !== highest))
        own.delete(round)
    }
  }
  return {
    find: (newRound, sender) => senders.get(sender)?.get(newRound),
    add: (currentRound, entry) => {
      const own = senders.get(entry.claim.sender) ?? new Map<number, BookedRoundChange>()
      senders.set(entry.claim.sender, own)
      own.set(entry.claim.newRound, entry)
      trim(own, currentRound)
    },
    forRound: (round) =>
      [...senders.entries()].sort(([a], [b]) => a - b).flatMap(([, own]) => own.get(round) ?? []),
    roundReachedBy: (count, round) => {
      const highest = [...senders.values()].map((own) => Math.max(-1, ...own.keys())).sort((a, b) => b - a)
      const reached = highest[count - 1]
      return reached !== undefined && reached > round ? reached : undefined
    },
    prune: (round) => {
      for (const own of senders.values()) if (own.size > 0) trim(own, round)
    },
  }
}
