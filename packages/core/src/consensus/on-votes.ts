import { equalBytes } from '../encoding/index.ts'
import { quorumOf } from '../validators/quorum.ts'
import { certificateFromVotes } from '../votes/certificate.ts'
import { type VoteType, voteMessage } from '../votes/vote.ts'
import type { Peer } from './engine-types.ts'
import { blockOf, type EngineScope } from './height-state.ts'
import type { CommitMessage, PrepareMessage } from './messages.ts'
import { recordBody, sendOwn, signVote } from './own-messages.ts'
import { noteActive } from './rounds.ts'
import type { BookedVote } from './vote-book.ts'

const quorum = ({ state }: EngineScope): number => quorumOf(state.context.validators.length)

/** Reports two different votes of one sender for one (round, type), once. */
const reportVotes = (
  { state, config, out }: EngineScope,
  type: VoteType,
  round: number,
  sender: number,
  votes: readonly [BookedVote, BookedVote],
): void => {
  const name = `${type}/${round}/${sender}`
  if (state.reported.has(name)) return
  state.reported.add(name)
  const { networkId } = config
  const { height } = state.context
  const [first, second] = votes.map(({ blockHash, signature }) => ({
    message: voteMessage({ networkId, height, round, type, blockHash }),
    signature,
  })) as [{ message: Uint8Array; signature: Uint8Array }, { message: Uint8Array; signature: Uint8Array }]
  out.push({ type: 'evidence', equivocation: { height, round, kind: type, sender, first, second } })
}

/** Books a verified vote; false when it is not the sender's first word there. A second, different one is evidence. */
export const bookVote = (
  scope: EngineScope,
  type: VoteType,
  round: number,
  sender: number,
  vote: BookedVote,
): boolean => {
  const known = scope.state.votes.find(type, round, sender)
  if (known === undefined) return scope.state.votes.add(type, round, sender, vote)
  if (!equalBytes(known.blockHash, vote.blockHash)) reportVotes(scope, type, round, sender, [known, vote])
  return false
}

/** UponCommit (consensus Q16): a quorum of commits in any round still kept decides, whether or not this validator is in it. */
export const checkCommits = (scope: EngineScope, round: number): void => {
  const { state, out } = scope
  if (state.isDecided) return
  for (const hash of state.votes.hashesOf('commit', round)) {
    const signatures = state.votes.signaturesFor('commit', round, hash)
    if (signatures.size < quorum(scope)) continue
    const { validators, height } = state.context
    const certificate = certificateFromVotes(validators, height, round, hash, signatures)
    const block = blockOf(state, hash)
    if (block === undefined) {
      out.push({ type: 'certified', certificate })
      continue
    }
    state.isDecided = true
    out.push({ type: 'clear-timer', name: 'round' }, { type: 'clear-timer', name: 'resend' })
    out.push({ type: 'decide', block, hash, certificate })
    return
  }
}

/** UponPrepare (consensus Q15): a quorum of prepares for the accepted block locks it and is answered with a commit, once a round. */
export const checkPrepares = (scope: EngineScope): void => {
  const { state, records } = scope
  const { accepted, round } = state
  if (accepted === undefined || state.hasCommitted || state.isDecided) return
  const signatures = state.votes.signaturesFor('prepare', round, accepted.hash)
  if (signatures.size < quorum(scope)) return
  const { validators, height, selfIndex } = state.context
  const certificate = certificateFromVotes(validators, height, round, accepted.hash, signatures)
  state.hasCommitted = true
  state.prepared = { ...accepted, certificate }
  const signature = signVote(scope, round, 'commit', accepted.hash)
  if (signature === undefined) return
  recordBody(scope, accepted)
  records.push({ type: 'prepared', round, hash: accepted.hash, certificate })
  sendOwn(scope, { type: 'commit', height, round, sender: selfIndex, blockHash: accepted.hash, signature })
  state.votes.add('commit', round, selfIndex, { blockHash: accepted.hash, signature })
  checkCommits(scope, round)
}

/** A prepare or commit whose sender is a member and whose round is kept. */
export const onVote = (scope: EngineScope, message: PrepareMessage | CommitMessage, from: Peer): void => {
  const { state, config, out } = scope
  const { type, height, round, sender, blockHash, signature } = message
  const known = state.votes.find(type, round, sender)
  if (known !== undefined && equalBytes(known.blockHash, blockHash)) return
  const key = state.context.validators[sender]?.votingKey
  const { networkId } = config
  const signed = voteMessage({ networkId, height, round, type, blockHash })
  if (key === undefined || !config.verifier.verify(key, signed, signature)) {
    out.push({ type: 'fault', code: 'vote.bad-signature', sender, from })
    return
  }
  if (!bookVote(scope, type, round, sender, { blockHash, signature })) return
  noteActive(scope, sender)
  if (type === 'commit') checkCommits(scope, round)
  else checkPrepares(scope)
}
