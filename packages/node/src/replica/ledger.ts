import {
  answerRequest,
  type CommittedBlock,
  createReadView,
  decodeCommittedBlock,
  decodeSyncRequest,
  encodeSyncResponse,
  ok,
  type Refusal,
  type Replica,
  type Result,
  refuse,
} from '@medchain/core'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics/index.ts'
import type { GossipVerdict, Network } from '../network/index.ts'
import { type Storage, StorageError } from '../storage/index.ts'
import { type ArrivingBlocks, createArrivingBlocks } from './arriving-blocks.ts'
import { createCommitFeed } from './commit-feed.ts'
import { createCommitWaiters } from './commit-waiters.ts'
import { type CommittedBlockEvent, createEffectRunner } from './effect-runner.ts'
import { createEverybodyDecides } from './everybody-decides.ts'
import { createEvidenceLog } from './evidence-log.ts'
import { createInputGate } from './input-gate.ts'
import { createInputQueue } from './input-queue.ts'
import type { Ledger } from './ledger-api.ts'
import { wireNetwork } from './network-inputs.ts'
import { createOpenQuestions } from './open-questions.ts'
import { createQuorumReach } from './quorum-reach.ts'
import { createReplicaTimers } from './replica-timers.ts'
import { createSubmit } from './submit-transaction.ts'
import { createLedgerTelemetry } from './telemetry.ts'

const QUESTIONS_MAX = 4096
const CLOSING = refuse('node.closing', 'The node is shutting down; ask another one, or ask again later.')
const BUSY = refuse('node.busy', 'The node has too much to do; try again in a moment.')

export interface HostedLedger extends Ledger {
  /**
   * Loads the chain from disk and recovers; resolves when its first effects are carried out. After a halt here it
   * may be called again; what the network brings in before it succeeds is not lost where it matters.
   */
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
  /** Inputs that wait for the replica. */
  readonly waiting: () => number
}

export interface LedgerOptions {
  readonly evidenceFile: string
  readonly syncTimeoutMs: number
}

export interface LedgerParts {
  readonly replica: Replica
  readonly storage: Storage
  readonly network: Network
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Instead of the store's own. */
  readonly readBlock?: (height: number) => Uint8Array | undefined
  /** A verified block from a member, undefined when nobody supplies it. */
  readonly fetchBlock?: (height: number) => Promise<CommittedBlock | undefined>
  /** The state of this height is on disk, and no other is being written. */
  readonly onCheckpoint?: (height: number) => void
  /** The replica does nothing more: the process has to end with this refusal. */
  readonly onHalt: (refusal: Refusal) => void
}

const haltFrom = (error: unknown): Refusal =>
  error instanceof StorageError
    ? error.refusal()
    : refuse('replica.invariant', `A rule of the program itself is broken: ${String(error)}.`)

const prunedSentence = (height: number): string =>
  `Block ${height} is not kept here any more, and no connected member supplied it; ask another node.`

const createReaders = (parts: LedgerParts, arriving: ArrivingBlocks) => {
  const { replica, storage, readBlock = storage.blocks.readBlock } = parts
  const blockBytes = (height: number): Uint8Array | undefined => arriving.get(height) ?? readBlock(height)
  const block = (height: number): CommittedBlock | undefined => {
    const bytes = blockBytes(height)
    const decoded = bytes && decodeCommittedBlock(bytes)
    return decoded?.ok ? decoded.value : undefined
  }
  return {
    status: replica.status,
    view: () => createReadView({ read: (key) => replica.reader().read(key) }),
    prove: (key: Uint8Array) => {
      const reader = replica.reader()
      return { value: reader.read(key), proof: reader.prove(key) }
    },
    blockBytes,
    block,
    fetchBlock: async (height: number): Promise<Result<CommittedBlock>> => {
      if (height < 1 || height > replica.status().height)
        return refuse('block.not-found', `The chain has no block of height ${height}.`)
      const found = block(height) ?? (await parts.fetchBlock?.(height))
      return found ? ok(found) : refuse('storage.block-pruned', prunedSentence(height))
    },
    lowestHeight: () => storage.blocks.lowestHeight(),
    heightOf: storage.transactions.heightOf,
    isPending: replica.isPending,
  }
}

/** Answers while no chain is loaded: a request for what is stored soundly. */
const createDiskAnswers =
  ({ storage, readBlock = storage.blocks.readBlock }: LedgerParts) =>
  (bytes: Uint8Array): Uint8Array => {
    const request = decodeSyncRequest(bytes)
    const headHeight = storage.blocks.headHeight()
    const readSound = (height: number): Uint8Array | undefined => {
      try {
        return readBlock(height)
      } catch {
        return undefined
      }
    }
    const blocks = request.ok ? answerRequest(request.value, headHeight, readSound).blocks : []
    return encodeSyncResponse({ headHeight, blocks })
  }

/** What is asked and answered through the queue. */
const createQuestions = () => ({
  verdicts: createOpenQuestions<GossipVerdict>(QUESTIONS_MAX, 'ignore'),
  syncAnswers: createOpenQuestions<Uint8Array | undefined>(QUESTIONS_MAX, undefined),
  submissions: createOpenQuestions<Result<Uint8Array>>(QUESTIONS_MAX, BUSY),
})

/** Hosts core's replica: one queue in, effects out in order, durable before the next. */
export const createLedger = (options: LedgerOptions, parts: LedgerParts): HostedLedger => {
  const { replica, storage, clock, logger } = parts
  const telemetry = createLedgerTelemetry(parts.metrics)
  const waiters = createCommitWaiters()
  const questions = createQuestions()
  const arriving = createArrivingBlocks()
  const evidence = createEvidenceLog(options.evidenceFile)
  const readers = createReaders(parts, arriving)
  const feed = createCommitFeed(clock, logger, () => replica.status().height)
  const reach = createQuorumReach(replica.status)
  const timers = createReplicaTimers(clock, (name, id) => void queue.add({ type: 'timer', name, id }), {
    mayRoundsPass: reach.isThere,
    isProposerGone: reach.isProposerGone,
  })

  const answerAll = (): void => {
    waiters.close(CLOSING)
    for (const each of Object.values(questions)) each.close()
  }
  let isHalted = false
  const onHalt = (refusal: Refusal): void => {
    isHalted = true
    timers.clearAll()
    // What they wait for will not come, and the daemon's end waits for them.
    answerAll()
    parts.onHalt(refusal)
  }
  const onFatal = (error: unknown): void => {
    const isOurs = error instanceof Error && !(error instanceof StorageError)
    logger.error({ reason: isOurs ? error.stack : String(error) }, 'the replica stops')
    onHalt(haltFrom(error))
  }
  const onCommitted = (event: CommittedBlockEvent): void => {
    const txIds = event.transactions.map(({ txId }) => txId)
    storage.transactions.add(event.height, txIds)
    arriving.stored(event.height)
    telemetry.height.set(event.height)
    telemetry.round.set(event.certificate.round)
    telemetry.roundsAboveZero.add(event.certificate.round)
    telemetry.blocks.add(1)
    telemetry.transactions.add(txIds.length)
    telemetry.blockTransactions.record(txIds.length)
    for (const txId of txIds) waiters.committed(txId, event.height)
    feed.publish(event)
  }
  const addInput = (input: Parameters<typeof queue.add>[0]): boolean => {
    const isTaken = queue.add(input)
    if (!isTaken) telemetry.inputsTurnedAway.add(1)
    return isTaken
  }
  const effects = createEffectRunner({
    ...parts,
    ...options,
    ...questions,
    everybodyDecides: createEverybodyDecides(parts.network, replica.status),
    evidence,
    telemetry,
    timers,
    waiters,
    addInput,
    onCommitted,
    onHalt,
    onFatal,
  })
  const queue = createInputQueue({
    replica,
    clock,
    announce: arriving.announce,
    run: effects.run,
    onFatal,
    onHandled: telemetry.handleMs.record,
  })
  const gate = createInputGate(addInput)
  parts.network.onPeer(({ institution, connected }) => {
    reach.note(institution, connected)
    timers.reconsider()
  })
  wireNetwork({ network: parts.network, gate, answerFromDisk: createDiskAnswers(parts), ...questions })

  const admit = async (bytes: Uint8Array): Promise<Result<Uint8Array>> => {
    const { token, answer } = questions.submissions.ask()
    if (!addInput({ type: 'submit', token, bytes })) questions.submissions.answer(token, BUSY)
    const result = await answer
    if (!result.ok) telemetry.submissionsRefused.add(1)
    return result
  }

  return {
    ...readers,
    onCommitted: feed.onCommitted,
    whenHeight: feed.whenHeight,
    onEvidence: evidence.onEvidence,
    submit: createSubmit({ ...readers, clock, waiters, admit }),
    start: async () => {
      const { wal, lastSigned } = storage
      gate.shut()
      isHalted = false
      queue.add({ type: 'start', wal: wal.found, lastSigned: lastSigned.found })
      await queue.idle()
      if (!isHalted) gate.open()
    },
    waiting: queue.waiting,
    close: async () => {
      timers.clearAll()
      await queue.close()
      timers.clearAll()
      answerAll()
      await effects.settled()
    },
  }
}
