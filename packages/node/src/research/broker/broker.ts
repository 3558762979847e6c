import { type ContractEvent, hexFromBytes } from '@medchain/core'
import type { ResearchPorts } from '../ports.ts'
import { handOverChart } from './hand-over.ts'

const RETRY_FIRST_MS = 2000
const RETRY_LONGEST_MS = 60_000

/** Events after which a chart may have something to deliver. */
const CAUSES: ReadonlySet<string> = new Set([
  'consent.granted',
  'records.anchored',
  'identity.chart-registered',
])

export interface Broker {
  readonly start: () => void
  readonly close: () => Promise<void>
}

/**
 * Delivers de-identified rows for the patients of this institution's directory: all charts once at the
 * start, then those that events name, one at a time; what fails is tried again, after ever longer pauses.
 */
export const createBroker = (ports: ResearchPorts): Broker => {
  const waiting = new Set<string>()
  const failed = new Set<string>()
  let isAllDue = false
  let isClosed = false
  let working: Promise<void> | undefined
  let stopListening = (): void => undefined
  let cancelRetry = (): void => undefined
  let retryMs = RETRY_FIRST_MS

  const work = async (): Promise<void> => {
    while ((waiting.size > 0 || isAllDue) && !isClosed) {
      const entries = new Map(
        (await ports.directoryCharts()).map((entry) => [hexFromBytes(entry.chart), entry]),
      )
      const names = isAllDue ? [...entries.keys()] : [...waiting]
      isAllDue = false
      waiting.clear()
      for (const name of names) {
        const entry = entries.get(name)
        if (!entry || isClosed) continue
        const outcome = await handOverChart(ports, entry.chart, entry.person)
        if (!outcome.ok) noteFailure(name, outcome.code)
      }
    }
    if (failed.size === 0) retryMs = RETRY_FIRST_MS
  }

  const later = (names: () => readonly string[] | undefined): void => {
    cancelRetry()
    cancelRetry = ports.clock.setTimer(retryMs, () => {
      retryMs = Math.min(retryMs * 2, RETRY_LONGEST_MS)
      wake(names())
    })
  }

  const noteFailure = (name: string, code: string): void => {
    ports.logger.warn({ code }, 'a research delivery waits')
    failed.add(name)
    later(() => {
      const names = [...failed]
      failed.clear()
      return names
    })
  }

  /** Without names: all charts of the directory. */
  const wake = (names: readonly string[] | undefined): void => {
    for (const name of names ?? []) waiting.add(name)
    isAllDue ||= names === undefined
    if (working || isClosed || (waiting.size === 0 && !isAllDue)) return
    working = work()
      .catch((error: unknown) => {
        ports.logger.warn(
          { error: error instanceof Error ? error.message : 'unknown' },
          'a research delivery failed',
        )
        later(() => undefined)
      })
      .finally(() => {
        working = undefined
        if (waiting.size > 0) wake([])
      })
  }

  const onEvents = (events: readonly ContractEvent[]): void =>
    wake(
      events
        .filter(({ kind }) => CAUSES.has(kind))
        .flatMap(({ subjects }) => subjects.slice(0, 1).map(hexFromBytes)),
    )

  return {
    start: () => {
      stopListening = ports.chain.onEvents(onEvents)
      wake(undefined)
    },
    close: async () => {
      isClosed = true
      stopListening()
      cancelRetry()
      await working
    },
  }
}
