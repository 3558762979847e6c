import type { EngineEffect, Equivocation } from '../consensus/engine-types.ts'
import { type ConsensusMessage, encodeFrame } from '../consensus/messages.ts'
import { assertInvariant, hexFromBytes, refuse } from '../encoding/index.ts'
import type { Block, CommittedBlock } from '../ledger/block.ts'
import { applyDecision, finishCommits, isLeaderOf } from './commit-block.ts'
import { executeBlock } from './execute-block.ts'
import { answerLaggard } from './laggards.ts'
import { buildFor } from './proposing.ts'
import {
  clearTimer,
  halt,
  keepExecuted,
  log,
  type ReplicaScope,
  setTimer,
  tellEngine,
  warnOnce,
} from './scope.ts'
import { spreadWithCommit } from './spreading.ts'
import { noteCertified, noteHeight } from './syncing.ts'
import { persistRecords } from './wal-writer.ts'
import { forgetWanted, needBlock } from './wanted-blocks.ts'

/** Executes a proposal once; an early one is answered when it is due, one far ahead of the clock at once. */
const judge = (scope: ReplicaScope, block: Block, hash: Uint8Array): void => {
  const { chain, mempool, verifier, options, memory, nowMs } = scope
  const name = hexFromBytes(hash)
  const { timeMs } = block.header
  if (!scope.executed.has(name)) {
    const executed = executeBlock(chain, block, hash, { verifier, pendingOf: mempool.pendingOf })
    if (executed.ok) keepExecuted(scope, executed.value)
    else log(scope, 'warn', 'proposal.refused', { height: block.header.height, code: executed.code })
  }
  const isTooEarly = timeMs > nowMs + options.clockAheadMsMax
  if (isTooEarly) log(scope, 'warn', 'proposal.ahead-of-clock', { aheadMs: timeMs - nowMs })
  const isValid = scope.executed.has(name) && !isTooEarly
  if (isValid && timeMs > nowMs) {
    memory.held = { hash, dueMs: timeMs }
    setTimer(scope, 'hold', timeMs - nowMs)
  } else tellEngine(scope, { type: 'judged', hash, isValid })
}

/** The held proposal is due. */
export const onHoldTimer = (scope: ReplicaScope): void => {
  const { held } = scope.memory
  scope.memory.held = undefined
  if (held !== undefined) tellEngine(scope, { type: 'judged', hash: held.hash, isValid: true })
}

const decide = (scope: ReplicaScope, committed: CommittedBlock, hash: Uint8Array): void => {
  const { chain, mempool, verifier, executed: known } = scope
  const executed = known.get(hexFromBytes(hash))
  const result = executed
    ? ({ ok: true, value: executed } as const)
    : executeBlock(chain, committed.block, hash, { verifier, pendingOf: mempool.pendingOf })
  if (!result.ok) {
    const message = `A quorum decided block ${committed.block.header.height}, which this node cannot execute: ${result.code}.`
    halt(scope, refuse('state.diverged', message))
    return
  }
  scope.pace.decided(scope.nowMs)
  const isLeader = isLeaderOf(scope, committed.certificate.round)
  const decision = { executed: result.value, committed }
  const stored = applyDecision(scope, decision)
  scope.out.push({ type: 'append-blocks', blocks: [stored] })
  if (isLeader) scope.out.push({ type: 'gossip', topic: 'blocks', bytes: stored.bytes })
  finishCommits(scope, [decision])
}

const reportEvidence = (scope: ReplicaScope, equivocation: Equivocation): void => {
  const { sender, ...record } = equivocation
  const institution = scope.chain.head().validators[sender]?.institution
  assertInvariant(institution !== undefined, 'evidence names nobody')
  scope.memory.evidenceCount += 1
  scope.out.push({ type: 'evidence', record: { ...record, institution } })
  const { height, round, kind } = equivocation
  log(scope, 'error', 'consensus.equivocation', { height, round, kind, sender })
}

const startTimer = (scope: ReplicaScope, name: 'round' | 'resend', delayMs: number): void => {
  if (name === 'round') scope.pace.started(scope.nowMs, delayMs)
  setTimer(scope, name, delayMs)
}

/** A false signature of this height was made by who sent it; anything else an honest validator may say, too. */
const noteFault = (
  scope: ReplicaScope,
  { code, sender, from }: Extract<EngineEffect, { type: 'fault' }>,
): void => {
  if (code.endsWith('.bad-signature')) scope.out.push({ type: 'misbehaved', peer: from, code })
  else warnOnce(scope, 'consensus.fault', from, { code, sender })
}

const broadcast = (scope: ReplicaScope, message: ConsensusMessage): void => {
  if (message.type === 'commit') spreadWithCommit(scope)
  scope.out.push({ type: 'broadcast', frame: encodeFrame(message) })
}

const carryOut = (scope: ReplicaScope, effect: EngineEffect): void => {
  if (effect.type === 'persist') persistRecords(scope, effect.records)
  else if (effect.type === 'broadcast') broadcast(scope, effect.message)
  else if (effect.type === 'send')
    scope.out.push({ type: 'send', to: effect.to, frame: encodeFrame(effect.message) })
  else if (effect.type === 'set-timer') startTimer(scope, effect.name, effect.delayMs)
  else if (effect.type === 'clear-timer') clearTimer(scope, effect.name)
  else if (effect.type === 'build') buildFor(scope, effect.round)
  else if (effect.type === 'need-block') needBlock(scope, effect)
  else if (effect.type === 'judge') judge(scope, effect.block, effect.hash)
  else if (effect.type === 'decide') {
    decide(scope, { block: effect.block, certificate: effect.certificate }, effect.hash)
  } else if (effect.type === 'behind') noteHeight(scope, effect.from, effect.height - 1)
  else if (effect.type === 'laggard') answerLaggard(scope, effect.from, effect.height)
  else if (effect.type === 'certified') noteCertified(scope, effect.certificate.height)
  else if (effect.type === 'evidence') reportEvidence(scope, effect.equivocation)
  else if (effect.type === 'fault') noteFault(scope, effect)
  else {
    scope.pace.stopped()
    forgetWanted(scope, false)
    log(scope, 'info', 'consensus.round', { round: effect.round, reason: effect.reason })
  }
}

/** Tells the engine what waits and carries out what it asks for, in order, until nothing is left. */
export const runEngine = (scope: ReplicaScope): void => {
  for (let input = scope.queue.shift(); input !== undefined; input = scope.queue.shift()) {
    for (const effect of scope.engine.handle(input)) {
      if (scope.memory.isHalted) return
      carryOut(scope, effect)
    }
  }
}
