import {
  beginBlock,
  declareReady,
  type EvidenceSubmission,
  executeTransaction,
  type GovernanceAction,
  genesisChanges,
  type ListedProposal,
  parametersIn,
  pendingFromBytes,
  presentEvidence,
  proposalsIn,
  proposeChange,
  skippedIn,
  validatorSetIn,
  voteOnChange,
} from '../../../src/contracts/index.ts'
import { encode, type Result, type Schema, unwrap } from '../../../src/encoding/index.ts'
import { type GenesisMember, institutionIdOf, networkIdOf } from '../../../src/ledger/index.ts'
import { encodeTransaction, transactionId, transactionMessage } from '../../../src/ledger/transaction.ts'
import { createOverlay } from '../../../src/state/index.ts'
import { proposerIndexOf, validatorIndexOf } from '../../../src/validators/index.ts'
import { clusterGenesis, fakeSigner, fakeVerifier } from '../../replica/cluster-keys.ts'
import { fakeBytes } from '../world.ts'

export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.code)

export const newcomer = (name: string, changes: Partial<GenesisMember> = {}): GenesisMember => ({
  name,
  role: 'hospital',
  signingKey: fakeBytes(`${name}/sign`),
  sealingKey: fakeBytes(`${name}/seal`),
  salt: fakeBytes(`${name}/salt`),
  votingKey: fakeBytes(`${name}/vote`),
  nodeKey: fakeBytes(`${name}/node`),
  addresses: [],
  isValidator: true,
  ...changes,
})

interface BlockOptions {
  readonly round?: number
  /** Since the block below. */
  readonly afterMs?: number
}

/** A state on which blocks begin and transactions of institutions run, without a network. */
export const createGovernanceWorld = (size: number) => {
  const genesis = clusterGenesis(size)
  const networkId = networkIdOf(genesis)
  const state = createOverlay({ read: () => undefined })
  state.absorb(genesisChanges(genesis))
  const { view } = state
  let height = 0
  let timeMs = genesis.timeMs
  let proposer: Uint8Array | undefined
  let salt = 0

  const turnOf = (round: number): Uint8Array => {
    const set = validatorSetIn(view)
    const parent = proposer === undefined ? -1 : validatorIndexOf(set, proposer)
    const index = proposerIndexOf(set.length, parent, round, skippedIn(view, timeMs))
    return (set[index] as (typeof set)[number]).institution
  }

  /** Begins the next block, built in `round` by whose turn it is. */
  const block = ({ round = 0, afterMs = 100 }: BlockOptions = {}): Uint8Array => {
    const builder = turnOf(round)
    const parentTimeMs = timeMs
    height += 1
    timeMs += afterMs
    beginBlock(view, { height, round, timeMs, proposer: builder, parentTimeMs, parentProposer: proposer })
    proposer = builder
    return builder
  }

  /** A transaction of the present block, signed with the member's key. */
  const send = <T>(
    sender: GenesisMember,
    kind: string,
    schema: Schema<T>,
    payload: T,
  ): Result<Uint8Array> => {
    const id = institutionIdOf(sender)
    salt += 1
    const body = {
      version: 1,
      networkId,
      sender: id,
      expiryMs: timeMs + 60_000,
      salt: fakeBytes(`salt ${salt}`, 16),
      kind,
      payload: encode(schema, payload),
    }
    const txId = transactionId(body)
    const signature = fakeSigner(sender.signingKey).sign(transactionMessage(txId))
    const bytes = encodeTransaction({ body, signatures: [{ signer: id, signature }] })
    const context = { networkId, height, timeMs, parameters: parametersIn(view) }
    const outcome = executeTransaction(unwrap(pendingFromBytes(bytes)), state, context, fakeVerifier)
    if (!outcome.ok) return outcome
    state.absorb(outcome.value.changes)
    return { ok: true, value: txId }
  }

  const member = (index: number): GenesisMember => genesis.members[index] as GenesisMember
  const propose = (index: number, action: GovernanceAction) =>
    send(member(index), proposeChange.kind, proposeChange.payload, { action })
  const vote = (index: number, proposal: Uint8Array, approves = true) =>
    send(member(index), voteOnChange.kind, voteOnChange.payload, { proposal, approves })

  return {
    genesis,
    networkId,
    view,
    block,
    nextBuilder: () => turnOf(0),
    send,
    member,
    idOf: (index: number) => institutionIdOf(member(index)),
    propose,
    vote,
    ready: (sender: GenesisMember) => send(sender, declareReady.kind, declareReady.payload, {}),
    present: (reporter: GenesisMember, evidence: EvidenceSubmission) =>
      send(reporter, presentEvidence.kind, presentEvidence.payload, evidence),
    /** Opens a proposal by the first member and lets those at the given indices approve of it. */
    pass: (action: GovernanceAction, voters: readonly number[] = [1, 2]): Result<Uint8Array> => {
      const opened = propose(0, action)
      if (!opened.ok) return opened
      const votes = voters.map((index) => vote(index, opened.value))
      return votes.find((each) => !each.ok) ?? opened
    },
    proposal: (id: Uint8Array): ListedProposal =>
      proposalsIn(view, timeMs).find((each) => each.id.join() === id.join()) as ListedProposal,
    height: () => height,
    now: () => timeMs,
    advance: (ms: number) => {
      timeMs += ms
    },
  }
}

export type GovernanceWorld = ReturnType<typeof createGovernanceWorld>

/** Names of the institutions in the present set. */
export const votersOf = ({ view }: GovernanceWorld): readonly string[] =>
  validatorSetIn(view).map(({ institution }) => institution.join())
