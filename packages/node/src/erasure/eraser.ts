import {
  ERASURES_PER_RECEIPT_MAX,
  equalBytes,
  erasureStateIn,
  ok,
  type Result,
  signReceipts,
} from '@medchain/core'
import { institutionTransaction } from '../requests/institution-transaction.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating } from '../requests/repeating.ts'
import { refuseErasing } from './codes.ts'
import { type Destroyer, type DueErasure, dueErasuresIn } from './due-erasures.ts'

const RUN_FIRST_MS = 1000
const RUN_LONGEST_MS = 60_000
/** What was on its way when an erasure became due is looked for once more after so long. */
const LATE_MS = 10 * 60 * 1000

/** Destroys what due erasures name and signs for it. What is to be destroyed stands in committed state alone. */
export interface Eraser {
  /** Adds a room's part; before `start`. */
  readonly register: (destroy: Destroyer) => void
  readonly start: () => void
  readonly close: () => Promise<void>
  /** Ids of due erasures that this node has not destroyed, or not signed for. */
  readonly owed: () => readonly Uint8Array[]
  /** Looks at everything that is due; true when something is left to destroy or to sign. */
  readonly run: () => Promise<boolean>
  /**
   * Ok once nothing is left here that is erased by the head: only then does the node serve (erasure X8). A head that
   * may still be served on is younger than the 72 hours in which an erasure waits, so that it knows of every one.
   */
  readonly ready: () => Promise<Result<void>>
}

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'clock' | 'logger'>
type Outcome = 'gone' | 'waits' | 'failed'

export const createEraser = (ports: Ports): Eraser => {
  const { chain, self, clock, logger } = ports
  const destroyers: Destroyer[] = []
  /** Erasures with something left here, or without a receipt of this node. */
  let open: DueErasure[] = []
  let late: { readonly erasure: DueErasure; readonly atMs: number }[] = []
  let next = 0
  let isCaughtUp = false
  let running: Promise<boolean> | undefined
  let stopListening = (): void => undefined

  const destroy = async (erasure: DueErasure): Promise<Outcome> => {
    const outcomes = new Set<Outcome>()
    for (const each of destroyers) {
      const outcome = each(erasure).catch((error: unknown): Outcome => {
        logger.warn({ reason: String(error) }, 'an erasure failed here and is tried again')
        return 'failed'
      })
      outcomes.add(await outcome)
    }
    return outcomes.has('failed') ? 'failed' : outcomes.has('waits') ? 'waits' : 'gone'
  }

  const owes = ({ id }: DueErasure): boolean => {
    const { view, timeMs } = chain.head()
    return erasureStateIn(view, id, timeMs)?.owing.some((each) => equalBytes(each, self.id)) === true
  }

  const sign = async (gone: readonly DueErasure[]): Promise<void> => {
    const unsigned = gone.filter(owes)
    for (let at = 0; at < unsigned.length; at += ERASURES_PER_RECEIPT_MAX) {
      const ids = unsigned.slice(at, at + ERASURES_PER_RECEIPT_MAX).map(({ id }) => id)
      const signed = await chain.submit(institutionTransaction(ports, signReceipts, { erasures: ids }))
      if (!signed.ok) logger.warn({ code: signed.code }, 'a receipt for erasures is not on the chain yet')
    }
  }

  const isBehind = (): boolean => !isCaughtUp || dueErasuresIn(chain.head(), next).found.length > 0

  const takeLate = (): DueErasure[] => {
    const ripe = late.filter(({ atMs }) => atMs <= clock.wallMs())
    late = late.filter(({ atMs }) => atMs > clock.wallMs())
    return ripe.map(({ erasure }) => erasure)
  }

  const runOnce = async (): Promise<boolean> => {
    const due = dueErasuresIn(chain.head(), next)
    const outcomes: { readonly erasure: DueErasure; readonly outcome: Outcome }[] = []
    for (const erasure of [...open, ...due.found, ...takeLate()])
      outcomes.push({ erasure, outcome: await destroy(erasure) })
    next = due.next
    const atMs = clock.wallMs() + LATE_MS
    late.push(...due.found.map((erasure) => ({ erasure, atMs })))
    await sign(outcomes.filter(({ outcome }) => outcome === 'gone').map(({ erasure }) => erasure))
    open = outcomes
      .filter(({ erasure, outcome }) => outcome !== 'gone' || owes(erasure))
      .map(({ erasure }) => erasure)
    if (due.found.length > 0)
      logger.info({ erasures: due.found.length, open: open.length }, 'destroyed what was erased')
    isCaughtUp = outcomes.every(({ outcome }) => outcome !== 'failed')
    return open.length > 0
  }

  const run = async (): Promise<boolean> => {
    await running
    running ??= runOnce().finally(() => {
      running = undefined
    })
    return running
  }

  const repeating = createRepeating(ports, 'erasing', RUN_FIRST_MS, RUN_LONGEST_MS, run)
  return {
    register: (each) => void destroyers.push(each),
    run,
    owed: () => [...open, ...dueErasuresIn(chain.head(), next).found].map(({ id }) => id),
    start() {
      stopListening = chain.onCommitted(() => {
        if (isBehind()) repeating.nudge()
      })
      repeating.start()
    },
    async close() {
      stopListening()
      await repeating.close()
    },
    async ready() {
      if (isBehind()) await run()
      return isCaughtUp ? ok(undefined) : refuseErasing()
    },
  }
}
