import { equalBytes } from '../encoding/index.ts'
import type { VoteType } from '../votes/vote.ts'

export interface BookedVote {
  readonly blockHash: Uint8Array
  readonly signature: Uint8Array
}

type RoundVotes = Readonly<Record<VoteType, Map<number, BookedVote>>>

/** Verified votes of one height: the first of each sender for each (round, type). */
export interface VoteBook {
  readonly find: (type: VoteType, round: number, sender: number) => BookedVote | undefined
  /** False when the sender already has a vote there. */
  readonly add: (type: VoteType, round: number, sender: number, vote: BookedVote) => boolean
  readonly signaturesFor: (
    type: VoteType,
    round: number,
    blockHash: Uint8Array,
  ) => ReadonlyMap<number, Uint8Array>
  /** Distinct hashes voted for in a round, in order of arrival. */
  readonly hashesOf: (type: VoteType, round: number) => readonly Uint8Array[]
  readonly rounds: () => readonly number[]
  /** Forgets rounds below `round`; commits are kept `commitRounds` longer, since a late quorum still decides. */
  readonly prune: (round: number, commitRounds: number) => void
}

export const createVoteBook = (): VoteBook => {
  const rounds = new Map<number, RoundVotes>()
  const votesAt = (round: number): RoundVotes => {
    let votes = rounds.get(round)
    if (votes === undefined) {
      votes = { proposal: new Map(), prepare: new Map(), commit: new Map() }
      rounds.set(round, votes)
    }
    return votes
  }
  return {
    find: (type, round, sender) => rounds.get(round)?.[type].get(sender),
    add: (type, round, sender, vote) => {
      const votes = votesAt(round)[type]
      if (votes.has(sender)) return false
      votes.set(sender, vote)
      return true
    },
    signaturesFor: (type, round, blockHash) => {
      const found = new Map<number, Uint8Array>()
      for (const [sender, vote] of rounds.get(round)?.[type] ?? []) {
        if (equalBytes(vote.blockHash, blockHash)) found.set(sender, vote.signature)
      }
      return found
    },
    hashesOf: (type, round) => {
      const hashes: Uint8Array[] = []
      for (const { blockHash } of rounds.get(round)?.[type].values() ?? []) {
        if (!hashes.some((hash) => equalBytes(hash, blockHash))) hashes.push(blockHash)
      }
      return hashes
    },
    rounds: () => [...rounds.keys()],
    prune: (round, commitRounds) => {
      for (const [known, votes] of rounds) {
        if (known >= round) continue
        votes.proposal.clear()
        votes.prepare.clear()
        if (known < round - commitRounds || votes.commit.size === 0) rounds.delete(known)
      }
    },
  }
}
