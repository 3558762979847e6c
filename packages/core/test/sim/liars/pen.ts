import type {
  BlockOutline,
  CommitMessage,
  PrepareMessage,
  ProposalMessage,
  RoundChangeMessage,
  SignedRoundChange,
} from '../../../src/consensus/index.ts'
import type { Signer } from '../../../src/crypto/index.ts'
import { blockHash, transactionsRootOf } from '../../../src/ledger/index.ts'
import { type Certificate, roundChangeMessage, type VoteType, voteMessage } from '../../../src/votes/index.ts'

/** Everything that one member's key can sign, true or not. */
export interface Pen {
  /** Index that the member signs under at a height. */
  readonly indexAt: (height: number) => number
  readonly vote: (
    type: 'prepare' | 'commit',
    height: number,
    round: number,
    hash: Uint8Array,
  ) => PrepareMessage | CommitMessage
  readonly proposal: (
    message: Pick<ProposalMessage, 'height' | 'round' | 'outline' | 'roundChanges' | 'prepared'>,
  ) => ProposalMessage
  readonly roundChange: (
    height: number,
    claim: Pick<SignedRoundChange, 'newRound' | 'preparedRound' | 'preparedHash'>,
    prepared?: Certificate,
  ) => RoundChangeMessage
}

export const createPen = (indexAt: Pen['indexAt'], signer: Signer, networkId: Uint8Array): Pen => {
  const sign = (type: VoteType, height: number, round: number, hash: Uint8Array): Uint8Array =>
    signer.sign(voteMessage({ networkId, height, round, type, blockHash: hash }))
  return {
    indexAt,
    vote: (type, height, round, hash) => ({
      type,
      height,
      round,
      sender: indexAt(height),
      blockHash: hash,
      signature: sign(type, height, round, hash),
    }),
    proposal: (message) => {
      const signature = sign('proposal', message.height, message.round, blockHash(message.outline.header))
      return { ...message, type: 'proposal', sender: indexAt(message.height), signature }
    },
    roundChange: (height, claim, prepared) => {
      const message = roundChangeMessage({ networkId, height, ...claim })
      const signed = { ...claim, sender: indexAt(height), signature: signer.sign(message) }
      return { type: 'round-change', height, claim: signed, prepared }
    },
  }
}

/** Another good block for the same place, where no transaction looks at the time. */
export const twinOf = (outline: BlockOutline): BlockOutline => ({
  ...outline,
  header: { ...outline.header, timeMs: outline.header.timeMs + 1 },
})

/** The block without its transactions: good, and it leaves every client waiting. */
export const emptied = ({ header }: BlockOutline, stateRoot: Uint8Array): BlockOutline => ({
  header: { ...header, stateRoot, transactionsRoot: transactionsRootOf([]) },
  wireHashes: [],
})
