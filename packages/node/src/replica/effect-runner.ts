import type { Refusal, ReplicaEffect, Result } from '@medchain/core'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { GossipVerdict, Network } from '../network/index.ts'
import type { Storage } from '../storage/index.ts'
import type { CommitWaiters } from './commit-waiters.ts'
import type { EvidenceLog } from './evidence-log.ts'
import { createLimitedLog } from './limited-log.ts'
import type { OpenQuestions } from './open-questions.ts'
import type { UntimedInput } from './replica-input.ts'
import type { ReplicaTimers } from './replica-timers.ts'
import type { LedgerTelemetry } from './telemetry.ts'

export type CommittedBlockEvent = Extract<ReplicaEffect, { type: 'committed' }>

export interface EffectParts {
  readonly storage: Storage
  readonly network: Network
  readonly clock: Clock
  readonly logger: Logger
  readonly telemetry: LedgerTelemetry
  readonly timers: ReplicaTimers
  readonly waiters: CommitWaiters
  readonly verdicts: OpenQuestions<GossipVerdict>
  readonly syncAnswers: OpenQuestions<Uint8Array | undefined>
  readonly submissions: OpenQuestions<Result<Uint8Array>>
  readonly evidence: EvidenceLog
  readonly syncTimeoutMs: number
  /** Whether nobody needs a decided block by gossip. */
  readonly everybodyDecides: () => boolean
  readonly addInput: (input: UntimedInput) => boolean
  readonly onCommitted: (event: CommittedBlockEvent) => void
  readonly onCheckpoint?: (height: number) => void
  readonly onHalt: (refusal: Refusal) => void
  readonly onFatal: (error: unknown) => void
}

type Runners = {
  readonly [T in ReplicaEffect['type']]: (
    effect: Extract<ReplicaEffect, { type: T }>,
  ) => Promise<void> | undefined
}

const nothing = undefined

/** `track` holds a write that the next effects do not wait for. */
const durableRunners = (
  { storage, telemetry, addInput, onFatal, onCheckpoint }: EffectParts,
  track: (write: Promise<void>) => void,
): Pick<Runners, 'persist-wal' | 'persist-last-signed' | 'append-blocks' | 'checkpoint'> => ({
  'persist-wal': ({ bytes, reset, keptBytes }) =>
    keptBytes === undefined ? storage.wal.append(bytes, reset) : storage.wal.cut(keptBytes),
  'persist-last-signed': ({ bytes }) => storage.lastSigned.replace(bytes),
  'append-blocks': ({ blocks }) => storage.blocks.append(blocks),
  checkpoint: ({ height, buckets, meta }) => {
    const write = async (): Promise<void> => {
      await storage.state.write(height, buckets, meta)
      telemetry.checkpointHeight.set(height)
      onCheckpoint?.(height)
      addInput({ type: 'checkpointed', height })
      await storage.transactions.relieve()
    }
    track(write().catch(onFatal))
    return nothing
  },
})

const networkRunners = (
  parts: EffectParts,
): Pick<Runners, 'send' | 'broadcast' | 'gossip' | 'gossip-verdict' | 'sync-request' | 'sync-respond'> => {
  const { network, logger, addInput } = parts
  return {
    send: ({ to, frame }) => {
      network.send(to, frame)
      return nothing
    },
    broadcast: ({ frame }) => {
      network.broadcast(frame)
      return nothing
    },
    gossip: ({ topic, bytes }) => {
      if (topic === 'blocks' && parts.everybodyDecides()) return nothing
      network.publish(topic, bytes).catch((error: unknown) => {
        logger.debug({ topic, reason: String(error) }, 'gossip was not published')
      })
      return nothing
    },
    'gossip-verdict': ({ token, verdict }) => {
      parts.verdicts.answer(token, verdict)
      return nothing
    },
    'sync-request': ({ to, token, bytes }) => {
      network.request(to, 'sync', bytes, { timeoutMs: parts.syncTimeoutMs }).then(
        (answer) => void addInput({ type: 'sync-response', from: to, token, bytes: answer }),
        () => void addInput({ type: 'sync-failed', from: to, token }),
      )
      return nothing
    },
    'sync-respond': ({ token, bytes }) => {
      parts.syncAnswers.answer(token, bytes)
      return nothing
    },
  }
}

const localRunners = (
  parts: EffectParts,
): Pick<
  Runners,
  | 'set-timer'
  | 'clear-timer'
  | 'submit-result'
  | 'dropped'
  | 'committed'
  | 'evidence'
  | 'misbehaved'
  | 'log'
  | 'halt'
> => {
  const { timers, waiters, logger, telemetry } = parts
  const logLimited = createLimitedLog(parts.clock, logger)
  return {
    'set-timer': ({ name, id, delayMs }) => {
      timers.set(name, id, delayMs)
      return nothing
    },
    'clear-timer': ({ name }) => {
      timers.clear(name)
      return nothing
    },
    'submit-result': ({ token, result }) => {
      parts.submissions.answer(token, result)
      return nothing
    },
    dropped: ({ txId, refusal }) => {
      telemetry.transactionsDropped.add(1)
      waiters.dropped(txId, refusal)
      return nothing
    },
    committed: (event) => {
      parts.onCommitted(event)
      return nothing
    },
    evidence: ({ record }) => {
      telemetry.evidence.add(1)
      logger.error({ height: record.height, kind: record.kind }, 'a validator signed two things at once')
      return parts.evidence.append(record)
    },
    misbehaved: ({ peer, code }) => {
      parts.network.blame(peer, code)
      return nothing
    },
    log: ({ level, event, fields }) => {
      logLimited(level, event, fields)
      return nothing
    },
    halt: ({ refusal }) => {
      parts.onHalt(refusal)
      return nothing
    },
  }
}

export interface EffectRunner {
  /** Carries one effect out; what it returns is awaited before the next effect. */
  readonly run: (effect: ReplicaEffect) => Promise<void> | undefined
  /** Resolves when the checkpoint under way is on disk. */
  readonly settled: () => Promise<void>
}

export const createEffectRunner = (parts: EffectParts): EffectRunner => {
  let lastWrite: Promise<void> = Promise.resolve()
  const runners: Runners = {
    ...durableRunners(parts, (write) => {
      lastWrite = write
    }),
    ...networkRunners(parts),
    ...localRunners(parts),
  }
  return {
    run: (effect) => (runners[effect.type] as (each: ReplicaEffect) => Promise<void> | undefined)(effect),
    settled: () => lastWrite,
  }
}
