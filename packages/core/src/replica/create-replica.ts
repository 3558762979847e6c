import { assertInvariant, nameFromBytes } from '../encoding/index.ts'
import { decodeCommittedBlock } from '../ledger/block.ts'
import { assemble, type ReplicaConfig } from './assemble.ts'
import { beginHeight } from './begin-height.ts'
import { considerCheckpoint } from './checkpoint.ts'
import { summaryOf } from './commit-block.ts'
import { dispatch } from './dispatch.ts'
import type { ReplicaEffect } from './effects.ts'
import type { ReplicaInput } from './inputs.ts'
import { considerProposing } from './proposing.ts'
import { recover } from './recovery.ts'
import type { BlockSummary, Replica } from './replica-api.ts'
import { runEngine } from './run-engine.ts'
import { halt, log, type ReplicaScope } from './scope.ts'
import { REGOSSIP_LOOK_MS } from './spreading.ts'
import { statusOf } from './status.ts'
import { rest } from './syncing.ts'

type StartInput = Extract<ReplicaInput, { type: 'start' }>

/** Lets the engine hear everything, and propose where it is now this validator's turn. */
const settle = (scope: ReplicaScope): void => {
  do {
    runEngine(scope)
    considerProposing(scope)
  } while (scope.queue.length > 0 && !scope.memory.isHalted)
}

/** A clock that was set back must not leave anything waiting for the time it showed before. */
const beginInput = (scope: ReplicaScope, nowMs: number): void => {
  scope.nowMs = nowMs
  scope.out = []
  scope.memory.decidedAtMs = Math.min(scope.memory.decidedAtMs, nowMs)
  scope.memory.checkpointAtMs = Math.min(scope.memory.checkpointAtMs, nowMs)
  scope.memory.bundleSinceMs = Math.min(scope.memory.bundleSinceMs, nowMs)
  scope.memory.regossipAtMs = Math.min(scope.memory.regossipAtMs, nowMs + REGOSSIP_LOOK_MS)
}

/** The last stored blocks, newest first. */
const storedSummaries = ({ chain, ports, options }: ReplicaScope): readonly BlockSummary[] => {
  const { height } = chain.head()
  const heights = Array.from({ length: Math.min(height, options.summariesMax) }, (_, index) => height - index)
  return heights.flatMap((at) => {
    const bytes = ports.blocks.readBlock(at)
    const decoded = bytes && decodeCommittedBlock(bytes)
    return bytes && decoded?.ok ? [summaryOf(decoded.value, bytes.length)] : []
  })
}

const begin = (scope: ReplicaScope, { wal, lastSigned }: StartInput): void => {
  const records = recover(scope, wal, lastSigned)
  if (!records.ok) {
    halt(scope, records)
    return
  }
  const { height } = scope.chain.head()
  log(scope, 'info', 'replica.started', { height, records: records.value.length })
  scope.memory.summaries = storedSummaries(scope)
  beginHeight(scope, records.value)
  considerCheckpoint(scope)
  rest(scope)
}

/**
 * One node's consensus, ledger, mempool and sync as a single synchronous machine: inputs in, effects out.
 * The host carries out all effects of an input, in order, before it gives the next one.
 */
export const createReplica = (config: ReplicaConfig): Replica => {
  let scope: ReplicaScope | undefined
  const started = (): ReplicaScope => {
    assertInvariant(scope !== undefined, 'the replica has not started')
    return scope
  }

  const start = (input: StartInput): readonly ReplicaEffect[] => {
    assertInvariant(scope === undefined, 'the replica starts once')
    const assembled = assemble(config, input.nowMs)
    if (!assembled.ok) return [{ type: 'halt', refusal: assembled }]
    scope = assembled.value
    begin(scope, input)
    settle(scope)
    return scope.out
  }

  return {
    handle: (input) => {
      if (input.type === 'start') return start(input)
      const running = started()
      if (running.memory.isHalted) return []
      beginInput(running, input.nowMs)
      dispatch(running, input)
      settle(running)
      return running.out
    },
    status: () => statusOf(started()),
    reader: () => started().chain.tree,
    isRecent: (txId) => started().chain.ids.has(nameFromBytes(txId)),
    isPending: (txId) => started().mempool.has(nameFromBytes(txId)),
  }
}
