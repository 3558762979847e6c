import { createHash } from 'node:crypto'
import {
  type ConsensusMessage,
  createEngine,
  type Engine,
  type EngineEffect,
  type EngineInput,
  outlineOf,
  type ProposalMessage,
  type RoundChangeMessage,
  roundTimeoutMs,
  type SignedRoundChange,
  type SigningPosition,
} from '../../src/consensus/index.ts'
import { concatBytes, equalBytes } from '../../src/encoding/index.ts'
import { type Block, blockHash, transactionsRootOfBlock } from '../../src/ledger/block.ts'
import { certificateFromVotes } from '../../src/votes/certificate.ts'
import { roundChangeMessage, type VoteType, voteMessage } from '../../src/votes/vote.ts'

export const NETWORK = new Uint8Array(32).fill(9)
export const HEIGHT = 7
export const SIZE = 4

const keyOf = (index: number): Uint8Array => new Uint8Array(32).fill(100 + index)
const institutionOf = (index: number): Uint8Array => new Uint8Array(32).fill(200 + index)

const sign = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const half = new Uint8Array(createHash('sha256').update(concatBytes(key, message)).digest())
  return concatBytes(half, half)
}

export const validators = Array.from({ length: SIZE }, (_, index) => ({
  institution: institutionOf(index),
  votingKey: keyOf(index),
}))

/** A block that member `proposer` built in `round`; `salt` tells two of them apart. */
export const makeBlock = (proposer: number, round = 0, salt = 0, height = HEIGHT): Block => ({
  transactions: [],
  header: {
    version: 1,
    networkId: NETWORK,
    height,
    round,
    parentHash: new Uint8Array(32),
    timeMs: 1000 + salt,
    proposer: institutionOf(proposer),
    transactionsRoot: transactionsRootOfBlock([]),
    stateRoot: new Uint8Array(32),
    logRoot: new Uint8Array(32),
    logSize: height - 1,
    validatorSetHash: new Uint8Array(32),
    nextValidatorSetHash: new Uint8Array(32),
  },
})

/** The block, once all of it is here. */
export const whole = (block: Block): EngineInput => ({ type: 'block', hash: hashOf(block), block })

export const hashOf = (block: Block): Uint8Array => blockHash(block.header)

const signVote = (
  sender: number,
  type: VoteType,
  round: number,
  hash: Uint8Array,
  height = HEIGHT,
): Uint8Array =>
  sign(keyOf(sender), voteMessage({ networkId: NETWORK, height, round, type, blockHash: hash }))

export const vote = (
  type: 'prepare' | 'commit',
  sender: number,
  block: Block,
  round = 0,
  height = HEIGHT,
): ConsensusMessage => {
  const hash = hashOf(block)
  return {
    type,
    height,
    round,
    sender,
    blockHash: hash,
    signature: signVote(sender, type, round, hash, height),
  }
}

/** Quorum of prepares for a block, by the first three members. */
export const preparedBy = (block: Block, round: number, members: readonly number[] = [0, 1, 2]) =>
  certificateFromVotes(
    validators,
    HEIGHT,
    round,
    hashOf(block),
    new Map(members.map((member) => [member, signVote(member, 'prepare', round, hashOf(block))])),
  )

export const claim = (
  sender: number,
  newRound: number,
  prepared?: { readonly block: Block; readonly round: number },
): SignedRoundChange => {
  const content = {
    newRound,
    preparedRound: prepared?.round,
    preparedHash: prepared && hashOf(prepared.block),
  }
  const message = roundChangeMessage({ networkId: NETWORK, height: HEIGHT, ...content })
  return { sender, ...content, signature: sign(keyOf(sender), message) }
}

export const roundChange = (
  sender: number,
  newRound: number,
  prepared?: { readonly block: Block; readonly round: number },
): RoundChangeMessage => ({
  type: 'round-change',
  height: HEIGHT,
  claim: claim(sender, newRound, prepared),
  prepared: prepared && preparedBy(prepared.block, prepared.round),
})

export const proposal = (
  sender: number,
  block: Block,
  round = 0,
  justification: Partial<Pick<ProposalMessage, 'roundChanges' | 'prepared'>> = {},
  height = HEIGHT,
): ProposalMessage => ({
  type: 'proposal',
  height,
  round,
  sender,
  outline: outlineOf(block),
  signature: signVote(sender, 'proposal', round, hashOf(block), height),
  roundChanges: justification.roundChanges ?? [],
  prepared: justification.prepared,
})

export interface Bench {
  readonly engine: Engine
  readonly signed: SigningPosition[]
  readonly give: (input: EngineInput) => readonly EngineEffect[]
  readonly hear: (message: ConsensusMessage) => readonly EngineEffect[]
}

/** An engine as member `self`; member 0 proposes round 0, member 1 round 1, and so on. */
export const createBench = (self: number, setSize = SIZE): Bench => {
  const signed: SigningPosition[] = []
  const engine = createEngine({
    networkId: NETWORK,
    verifier: { verify: (key, message, signature) => equalBytes(sign(key, message), signature) },
    sign: (position, message) => {
      signed.push(position)
      return sign(keyOf(self), message)
    },
    timeoutMs: (round) => roundTimeoutMs(round, 1000, 15_000),
  })
  engine.handle(heightInput(self, HEIGHT, setSize))
  return {
    engine,
    signed,
    give: engine.handle,
    hear: (message) => engine.handle({ type: 'message', message, from: 'peer' }),
  }
}

export const heightInput = (self: number, height = HEIGHT, setSize = SIZE): EngineInput => ({
  type: 'height',
  records: [],
  context: {
    height,
    validators: validators.slice(0, setSize),
    selfIndex: self,
    parentProposerIndex: setSize - 1,
    skipped: new Set(),
  },
})

/** Effects in short: what a table states. */
export const brief = (effects: readonly EngineEffect[]): string[] =>
  effects.map((effect) => {
    if (effect.type === 'persist')
      return `persist ${effect.records.map((each) => (each.type === 'sent' ? each.message.type : each.type)).join('+')}`
    if (effect.type === 'broadcast') return `broadcast ${effect.message.type}`
    if (effect.type === 'send') return `send ${effect.message.type}`
    if (effect.type === 'set-timer') return `${effect.name} in ${effect.delayMs}`
    if (effect.type === 'clear-timer') return `clear ${effect.name}`
    if (effect.type === 'fault') return `fault ${effect.code}`
    if (effect.type === 'round') return `round ${effect.round} by ${effect.reason}`
    if (effect.type === 'build' || effect.type === 'judge') return `${effect.type} ${effect.round}`
    if (effect.type === 'behind' || effect.type === 'laggard') return `${effect.type} ${effect.height}`
    if (effect.type === 'evidence')
      return `evidence ${effect.equivocation.kind} ${effect.equivocation.sender}`
    return effect.type
  })
