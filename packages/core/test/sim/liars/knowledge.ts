import {
  type BlockOutline,
  type ConsensusFrame,
  type ConsensusMessage,
  isConsensusMessage,
  roundOf,
  type SignedRoundChange,
} from '../../../src/consensus/index.ts'
import { hexFromBytes } from '../../../src/encoding/index.ts'
import { blockHash } from '../../../src/ledger/index.ts'
import type { Certificate, VoteType } from '../../../src/votes/index.ts'

interface HeardVotes {
  readonly type: VoteType
  readonly round: number
  readonly hash: Uint8Array
  readonly signatures: Map<number, Uint8Array>
}

/** What a liar has heard of one height: all that it may quote. */
export interface HeightKnowledge {
  readonly height: number
  readonly blocks: Map<string, BlockOutline>
  readonly votes: Map<string, HeardVotes>
  /** By round, then by sender. */
  readonly claims: Map<number, Map<number, SignedRoundChange>>
  readonly certificates: Certificate[]
  round: number
}

const HEIGHTS_MAX = 3
const CERTIFICATES_MAX = 12

export interface Knowledge {
  readonly hear: (frame: ConsensusFrame) => void
  readonly at: (height: number) => HeightKnowledge | undefined
  readonly newest: () => HeightKnowledge | undefined
}

const noteParts = (known: HeightKnowledge, frame: ConsensusMessage): void => {
  if (frame.type === 'proposal')
    known.blocks.set(hexFromBytes(blockHash(frame.outline.header)), frame.outline)
  if (frame.type === 'round-change') {
    const { newRound, sender } = frame.claim
    const claims = known.claims.get(newRound) ?? new Map<number, SignedRoundChange>()
    known.claims.set(newRound, claims.set(sender, frame.claim))
  }
  if (frame.type === 'round-change' || frame.type === 'proposal') {
    if (frame.prepared && known.certificates.length < CERTIFICATES_MAX)
      known.certificates.push(frame.prepared)
    return
  }
  const { type, round, blockHash: hash, sender, signature } = frame
  const name = `${type}/${round}/${hexFromBytes(hash)}`
  const heard = known.votes.get(name) ?? { type, round, hash, signatures: new Map() }
  known.votes.set(name, heard)
  heard.signatures.set(sender, signature)
}

export const createKnowledge = (): Knowledge => {
  const heights = new Map<number, HeightKnowledge>()
  const newest = (): HeightKnowledge | undefined => heights.get(Math.max(...heights.keys()))
  return {
    at: (height) => heights.get(height),
    newest,
    hear: (frame) => {
      if (!isConsensusMessage(frame)) return
      const { height } = frame
      const top = newest()?.height
      if (top !== undefined && (height < top - HEIGHTS_MAX || height > top + 5)) return
      const known = heights.get(height) ?? {
        height,
        blocks: new Map(),
        votes: new Map(),
        claims: new Map(),
        certificates: [],
        round: 0,
      }
      heights.set(height, known)
      const round = roundOf(frame)
      if (round <= known.round + 3) known.round = Math.max(known.round, round)
      noteParts(known, frame)
      heights.delete(height - HEIGHTS_MAX)
    },
  }
}
