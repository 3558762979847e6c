import type { Mutant } from './mutant.ts'
import { GOVERNANCE_MUTANTS } from './mutants-of-governance.ts'
import { TRANSFER_MUTANTS } from './mutants-of-transfer.ts'

const hasLiars: NonNullable<Mutant['likely']> = ({ conducts }) => conducts.includes('liar')

/** Votes, locks, durability, recovery, sync. */
const CONSENSUS_MUTANTS: readonly Mutant[] = [
  {
    name: 'a quorum of one too few',
    file: 'validators/quorum.ts',
    from: 'Math.ceil((2 * n) / 3)',
    to: 'Math.ceil((2 * n) / 3) - 1',
  },
  {
    name: 'the lock is ignored in the round-change',
    file: 'consensus/on-round-change.ts',
    from: 'preparedRound: prepared?.round, preparedHash: prepared?.hash }',
    to: 'preparedRound: undefined, preparedHash: undefined }',
  },
  {
    name: 'the lock is ignored by the proposer',
    file: 'consensus/on-round-change.ts',
    from: '  if (preparedHash === undefined) {\n    state.proposedRound = round',
    to: '  if (preparedHash === undefined || round > 0) {\n    state.proposedRound = round',
  },
  {
    name: 'a justification is not checked',
    file: 'consensus/on-proposal.ts',
    from: 'const justified = validateJustification(justificationContext(scope), message, hash)',
    to: 'const justified = { ok: true, code: String(validateJustification.length + justificationContext.length) }',
    likely: hasLiars,
  },
  {
    name: 'a justification of too few',
    file: 'consensus/justification.ts',
    from: '!isOrdered || claims.length < quorumOf(context.validators.length)',
    to: '!isOrdered || claims.length < quorumOf(context.validators.length) - 1',
    likely: hasLiars,
  },
  {
    name: 'one round-change counts twice in a justification',
    file: 'consensus/justification.ts',
    from: '(claims[i - 1] as SignedRoundChange).sender < claim.sender',
    to: '(claims[i - 1] as SignedRoundChange).sender <= claim.sender',
    likely: hasLiars,
  },
  {
    name: 'a stale prepared certificate is taken: the first claim, not the highest',
    file: 'consensus/justification.ts',
    from: '((claim.preparedRound ?? -1) > (best?.preparedRound ?? -1) ? claim : best)',
    to: '(best === undefined && claim.preparedRound !== undefined ? claim : best)',
    likely: hasLiars,
  },
  {
    name: 'the prepared certificate of a proposal is not checked',
    file: 'consensus/justification.ts',
    from: "  certificate !== undefined &&\n  certificate.height === context.height &&\n  certificate.round === round &&\n  equalBytes(certificate.blockHash, hash) &&\n  validateCertificate(certificate, 'prepare', context.networkId, context.validators, context.verifier).ok",
    to: "  certificate === undefined || 'prepare' !== String(validateCertificate) + String(round) + String(hash) + String(context)",
    likely: hasLiars,
  },
  {
    name: 'bodies are not durable before the prepare',
    file: 'consensus/own-messages.ts',
    from: "  records.push({ type: 'block', round, block })",
    to: "  if (round < 0) records.push({ type: 'block', round, block })",
  },
  {
    name: 'the lock is not durable before the commit',
    file: 'consensus/on-votes.ts',
    from: "  records.push({ type: 'prepared', round, hash: accepted.hash, certificate })\n",
    to: "  if (round < 0) records.push({ type: 'prepared', round, hash: accepted.hash, certificate })\n",
  },
  {
    name: 'the WAL is written after the send',
    file: 'consensus/engine.ts',
    from: "return [...persist, ...sends.map((message) => ({ type: 'broadcast' as const, message })), ...out]",
    to: "return [...sends.map((message) => ({ type: 'broadcast' as const, message })), ...out, ...persist]",
  },
  {
    name: 'own votes are not written',
    file: 'consensus/own-messages.ts',
    from: "  scope.records.push({ type: 'sent', message })",
    to: "  if (message.type === 'proposal') scope.records.push({ type: 'sent', message })",
  },
  {
    name: 'a certificate counts one signature twice',
    file: 'votes/certificate.ts',
    from: `    indices.length === certificate.signatures.length &&
    indices.every((index) => index < set.length)
  if (!hasShape) return refuse('certificate.shape', 'The certificate does not fit the validator set.')
  if (indices.length < quorumOf(set.length)) {`,
    to: `    indices.every((index) => index < set.length)
  if (!hasShape) return refuse('certificate.shape', 'The certificate does not fit the validator set.')
  if (certificate.signatures.length < quorumOf(set.length)) {`,
    likely: hasLiars,
  },
  {
    name: 'the quorum of a certificate is not counted',
    file: 'votes/certificate.ts',
    from: '  if (indices.length < quorumOf(set.length)) {',
    to: '  if (indices.length < quorumOf(1)) {',
    likely: hasLiars,
  },
  {
    name: 'signatures in a certificate are not verified',
    file: 'votes/certificate.ts',
    from: '  return allSigned\n',
    to: '  return allSigned || indices.length > 0\n',
    likely: hasLiars,
  },
  {
    name: 'prepares pass for commits',
    file: 'votes/vote.ts',
    from: "  taggedMessage('medchain/vote/1', encode(voteSchema, vote))",
    to: "  taggedMessage('medchain/vote/1', encode(voteSchema, { ...vote, type: 'prepare' }))",
    likely: hasLiars,
  },
  {
    name: 'a vote of another network counts',
    file: 'votes/vote.ts',
    from: "  taggedMessage('medchain/vote/1', encode(voteSchema, vote))",
    to: "  taggedMessage('medchain/vote/1', encode(voteSchema, { ...vote, networkId: new Uint8Array(32) }))",
  },
  {
    name: 'votes are not verified',
    file: 'consensus/on-votes.ts',
    from: 'key === undefined || !config.verifier.verify(key, signed, signature)',
    to: 'key === undefined || signed.length + config.networkId.length + signature.length < 0',
    likely: hasLiars,
  },
  {
    name: 'a laggard is not answered',
    file: 'replica/laggards.ts',
    from: '  if (isCrossing(scope, height)) return\n',
    to: '  if (isCrossing(scope, height) || height > 0) return\n',
  },
  {
    name: 'a request for blocks that got lost is waited for',
    file: 'replica/syncing.ts',
    from: "  setTimer(scope, 'sync', options.syncTimeoutMs)\n",
    to: '',
  },
  {
    name: 'the id window is lost at a restart',
    file: 'replica/open-chain.ts',
    from: '      if (decoded.ok)\n        chain.ids.add(',
    to: '      if (!decoded.ok)\n        chain.ids.add(',
  },
  {
    name: 'repetition is not checked',
    file: 'replica/execute-block.ts',
    from: 'boolean => ids.has(names.txId)',
    to: 'boolean => false && ids.has(names.txId)',
  },
  {
    name: 'the round timer is not set in a new round',
    file: 'consensus/rounds.ts',
    from: "  state.isArmed = false\n  out.push({ type: 'round', round, reason })",
    to: "  out.push({ type: 'round', round, reason })",
  },
  {
    name: 'a round is rewritten on re-proposal',
    file: 'consensus/on-round-change.ts',
    from: '  const block = blockOf(state, preparedHash)\n  if (block === undefined || !propose(',
    to: '  const kept = blockOf(state, preparedHash)\n  const block = kept && { ...kept, header: { ...kept.header, round } }\n  if (block === undefined || !propose(',
  },
  {
    name: 'the clock of a round starts without company',
    file: 'consensus/rounds.ts',
    from: 'if (round === 0 || roundChanges.roundReachedBy(quorum, round - 1) !== undefined) arm(scope)',
    to: 'if (round + quorum + roundChanges.forRound(round).length >= 0) arm(scope)',
  },
  {
    name: 'a validator does not follow f + 1 others into a higher round',
    file: 'consensus/on-round-change.ts',
    from: '  if (reached === undefined) return\n',
    to: '  if (reached === undefined || reached > 0) return\n',
  },
  {
    name: 'own messages are sent once only',
    file: 'consensus/engine.ts',
    from: '  scope.sends.push(...scope.state.sent)\n',
    to: '  scope.sends.push(...scope.state.sent.slice(0, 0))\n',
  },
  {
    name: 'a lost WAL is no reason to abstain',
    file: 'replica/recovery.ts',
    from: '  guard.abstainUpTo(found.abstainUpTo, ABSTENTIONS[found.state])\n',
    to: '  if (ABSTENTIONS[found.state] === undefined) guard.abstainUpTo(found.abstainUpTo, found.state)\n',
    likely: ({ conducts }) => conducts.includes('forgetful'),
  },
  {
    name: 'a validator without memory votes at once',
    file: 'replica/recovery.ts',
    from: "  fallSilent(scope, found.state === 'none')\n  if (found.state",
    to: "  if (found.state !== 'none') fallSilent(scope, false)\n  if (found.state",
    likely: ({ conducts }) => conducts.includes('forgetful'),
  },
  {
    name: 'a validator that lost its memory signs where it may have signed',
    file: 'replica/recovery.ts',
    from: '  if (abstainUpTo === 0) return\n',
    to: '  if (abstainUpTo >= 0) return\n',
    likely: ({ conducts }) => conducts.includes('forgetful'),
  },
  {
    name: 'a key that was never used counts as a lost memory',
    file: 'replica/recovery-memory.ts',
    from: "    return ok(last ? { state: 'wal-lost'",
    to: "    return ok(last && last.height > 0 ? { state: 'wal-lost'",
    likely: ({ latecomer, conducts }) => latecomer >= 0 && conducts.includes('liar'),
  },
  {
    name: 'one false report keeps a validator silent',
    file: 'replica/recovery.ts',
    from: '  if (reached.length + 1 < quorumOf(validators.length)) return false',
    to: '  if (reached.length < Math.max(quorumOf(validators.length) - 1, memory.reportedHeads.size)) return false',
    likely: hasLiars,
  },
  {
    name: 'the state root is not compared',
    file: 'replica/execute-block.ts',
    from: '  if (!equalBytes(delta.root, header.stateRoot)) {',
    to: '  if (!equalBytes(delta.root, delta.root)) {',
  },
  {
    name: 'wire hashes are not compared with the header',
    file: 'consensus/outline.ts',
    from: '  equalBytes(transactionsRootOf(wireHashes), header.transactionsRoot)',
    to: '  equalBytes(transactionsRootOf(wireHashes), header.transactionsRoot) || header.height > 0',
    likely: hasLiars,
  },
  {
    name: 'fetched transactions are used unchecked',
    file: 'replica/wanted-blocks.ts',
    from: 'if (expected === undefined || !equalBytes(wireHash(body), expected)) return false',
    to: 'if (expected === undefined || !equalBytes(wireHash(body), wireHash(body))) return false',
    likely: hasLiars,
  },
  {
    name: 'a claimed lock counts without its certificate',
    file: 'consensus/on-round-change.ts',
    from: '  return isPreparedCertificate(justificationContext(scope), prepared, preparedRound, preparedHash)\n',
    to: '  return isPreparedCertificate(justificationContext(scope), prepared, preparedRound, preparedHash) || true\n',
    likely: hasLiars,
  },
  {
    name: 'a proposer leaves out the locks whose blocks it lacks',
    file: 'consensus/on-round-change.ts',
    from: '  if (entries.length < quorum) {\n    needPrepared(scope)\n    return\n  }\n',
    to: '  if (entries.length < quorum) needPrepared(scope)\n',
  },
  {
    name: 'missing transactions are not asked for',
    file: 'replica/wanted-blocks.ts',
    from: '  if (!complete(scope, wanted)) ask(scope, wanted)\n',
    to: '  complete(scope, wanted)\n',
  },
  {
    name: 'what the blocks of others write is not bounded',
    file: 'replica/execute-block.ts',
    from: 'const run = beginBlockRun(chain, header, sources.verifier)',
    to: 'const unbounded = { ...chain, rules: { ...chain.rules, blockWritesMax: 1e9 } }\n  const run = beginBlockRun(unbounded, header, sources.verifier)',
    likely: hasLiars,
    scenario: { blockWritesMax: 3, submitMs: 60, steps: [], joiners: [] },
  },
  {
    name: 'a broken rule stops the node',
    file: 'replica/execute-block.ts',
    from: "    const reason = error instanceof Error ? error.message : 'unknown'\n",
    to: "    if (error) throw error\n    const reason = error instanceof Error ? error.message : 'unknown'\n",
  },
  {
    name: 'blocks are confirmed before they are stored',
    file: 'replica/run-engine.ts',
    from: "  scope.out.push({ type: 'append-blocks', blocks: [stored] })\n  if (isLeader) scope.out.push({ type: 'gossip', topic: 'blocks', bytes: stored.bytes })\n  finishCommits(scope, [decision])\n",
    to: "  finishCommits(scope, [decision])\n  scope.out.push({ type: 'append-blocks', blocks: [stored] })\n  if (isLeader) scope.out.push({ type: 'gossip', topic: 'blocks', bytes: stored.bytes })\n",
  },
  {
    name: 'a checkpoint leaves changed buckets out',
    file: 'replica/checkpoint.ts',
    from: '  const buckets = chain.tree.dirtyBuckets()\n',
    to: '  const buckets = new Map([...chain.tree.dirtyBuckets()].slice(1))\n',
  },
  {
    name: 'two equal votes are evidence',
    file: 'consensus/on-votes.ts',
    from: '  if (!equalBytes(known.blockHash, vote.blockHash)) reportVotes(',
    to: '  if (!equalBytes(known.signature, new Uint8Array(64))) reportVotes(',
  },
  {
    name: 'a torn WAL is rewritten in place',
    file: 'replica/recovery.ts',
    from: 'bytes, keptBytes: soundBytes })',
    to: 'bytes })',
  },
]

export const MUTANTS: readonly Mutant[] = [...CONSENSUS_MUTANTS, ...GOVERNANCE_MUTANTS, ...TRANSFER_MUTANTS]
