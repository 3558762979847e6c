import { hexFromBytes } from '../encoding/index.ts'
import type { Block } from '../ledger/block.ts'
import { proposerIndexOf } from '../validators/proposer.ts'
import type { Certificate } from '../votes/certificate.ts'
import type { EngineConfig, EngineEffect, HeightContext } from './engine-types.ts'
import type { JustificationContext } from './justification.ts'
import type { ConsensusMessage } from './messages.ts'
import type { ConsensusRecord } from './records.ts'
import { createRoundChangeBook, type RoundChangeBook } from './round-change-book.ts'
import { createVoteBook, type VoteBook } from './vote-book.ts'

const BLOCKS_MAX = 8

export interface RoundBlock {
  readonly round: number
  readonly hash: Uint8Array
  readonly block: Block
}

export interface PreparedBlock extends RoundBlock {
  readonly certificate: Certificate
}

/** Everything the engine remembers; a new height begins with a new one. */
export interface HeightState {
  readonly context: HeightContext
  readonly votes: VoteBook
  readonly roundChanges: RoundChangeBook
  /** Whole blocks seen at this height, by hexadecimal hash. */
  readonly blocks: Map<string, Block>
  /** Hexadecimal hashes of the blocks whose bodies the WAL holds. */
  readonly durableBodies: Set<string>
  /** Members heard at this height. */
  readonly active: Set<number>
  /** `kind/round/sender` of reported equivocations. */
  readonly reported: Set<string>
  /** Own messages of the present round: what is sent again. */
  sent: ConsensusMessage[]
  round: number
  /** `proposalAcceptedForCurrentRound` of the QBFT specification. */
  accepted: RoundBlock | undefined
  judging: RoundBlock | undefined
  /** The proposal of the present round whose transactions are not all here. */
  awaited: { readonly round: number; readonly hash: Uint8Array } | undefined
  /** `lastPreparedBlock` and `lastPreparedRound`, with their proof. */
  prepared: PreparedBlock | undefined
  hasCommitted: boolean
  /** Last round for which this validator began to propose. */
  proposedRound: number
  isArmed: boolean
  isDecided: boolean
}

/** What one input works with: the state and the effects that it collects. */
export interface EngineScope {
  readonly config: EngineConfig
  readonly state: HeightState
  readonly records: ConsensusRecord[]
  readonly sends: ConsensusMessage[]
  readonly out: EngineEffect[]
}

export const createHeightState = (context: HeightContext): HeightState => ({
  context,
  votes: createVoteBook(),
  roundChanges: createRoundChangeBook(),
  blocks: new Map(),
  durableBodies: new Set(),
  active: new Set(),
  reported: new Set(),
  sent: [],
  round: 0,
  accepted: undefined,
  judging: undefined,
  awaited: undefined,
  prepared: undefined,
  hasCommitted: false,
  proposedRound: -1,
  isArmed: false,
  isDecided: false,
})

/** Whether something is proposed in the present round: what comes second is not looked at. */
export const hasProposal = ({ accepted, judging, awaited }: HeightState): boolean =>
  accepted !== undefined || judging !== undefined || awaited !== undefined

export const proposerOf = ({ context }: HeightState, round: number): number =>
  proposerIndexOf(context.validators.length, context.parentProposerIndex, round, context.skipped)

export const justificationContext = ({ config, state }: EngineScope): JustificationContext => ({
  networkId: config.networkId,
  verifier: config.verifier,
  height: state.context.height,
  validators: state.context.validators,
})

/** Keeps a whole block by hash; the oldest goes when there are too many, never the prepared or the present one. */
export const keepBlock = (state: HeightState, hash: Uint8Array, block: Block): void => {
  state.blocks.set(hexFromBytes(hash), block)
  const kept = [state.prepared, state.accepted, state.judging].map(
    (entry) => entry && hexFromBytes(entry.hash),
  )
  for (const name of state.blocks.keys()) {
    if (state.blocks.size <= BLOCKS_MAX) return
    if (!kept.includes(name) && name !== hexFromBytes(hash)) state.blocks.delete(name)
  }
}

export const blockOf = (state: HeightState, hash: Uint8Array): Block | undefined =>
  state.blocks.get(hexFromBytes(hash))
