import {
  type ContractEvent,
  charts,
  decode,
  encode,
  equalBytes,
  type Grant,
  grants,
  hexFromBytes,
  ok,
  type Result,
  refuse,
} from '@medchain/core'
import { createRepeating } from '../../requests/repeating.ts'
import type { ResearchPorts } from '../ports.ts'
import type { ResourceIndex } from '../resource-index.ts'
import { deliverySchema, indexKeys, progressSchema } from '../stored-row.ts'
import { receiverOf } from './hand-over.ts'
import { createSupersededRows } from './superseded-rows.ts'

/** The receiving side: rows that brokers deliver, as long as their grants hold. */
export interface Receiver {
  readonly start: () => void
  readonly close: () => Promise<void>
  /** Takes a delivery from `from`, or refuses with `research.not-broker` or `research.grant-ended`. */
  readonly accept: (from: Uint8Array, bytes: Uint8Array) => Promise<Result<void>>
  /** Ids of the grants that rows are here for, or expected. */
  readonly expectedGrants: () => readonly Uint8Array[]
  /** Research grants to this institution that are in force, by the newest head. */
  readonly grantsInForce: () => readonly Grant[]
  /** How many of these grants, named in hexadecimal, still wait for rows. */
  readonly pendingCount: (grantIds: ReadonlySet<string>) => Promise<number>
  /** Destroys rows whose grants have ended, and those of records that are not the present ones. */
  readonly sweep: () => Promise<void>
}

const SWEEP_MS = 60_000
/** Events after which rows have to go. */
const ENDINGS: ReadonlySet<string> = new Set(['consent.revoked', 'records.superseded'])

const isInForce = (grant: Grant, timeMs: number): boolean =>
  grant.revokedHeight === undefined && grant.fromMs <= timeMs && timeMs < grant.untilMs

export const createReceiver = (ports: ResearchPorts, index: ResourceIndex): Receiver => {
  const { chain, vault, self, clock, logger } = ports
  const expected = new Map<string, Uint8Array>(
    vault.list('index', indexKeys.all.expected).map((key) => {
      const grantId = indexKeys.restOf(key, indexKeys.all.expected)
      return [hexFromBytes(grantId), grantId]
    }),
  )
  const removeSuperseded = createSupersededRows(ports, index)
  let stopListening = (): void => undefined

  const nowMs = (): number => Math.max(chain.head().timeMs, clock.wallMs())

  const isForUs = (grant: Grant): boolean => {
    const receiver = receiverOf(chain.head().view, grant)
    return grant.purposes.includes('HRESCH') && receiver !== undefined && equalBytes(receiver, self.id)
  }

  const expect = async (grantId: Uint8Array): Promise<void> => {
    if (expected.has(hexFromBytes(grantId))) return
    const grant = chain.head().view.get(grants, grantId)
    if (!grant || !isForUs(grant)) return
    expected.set(hexFromBytes(grantId), grantId)
    await vault.putBatch([{ kind: 'index', key: indexKeys.expected(grantId), value: grant.chart }])
  }

  const grantsInForce = (): Grant[] => {
    const { view } = chain.head()
    const known = [...expected.values()].map((grantId) => view.get(grants, grantId))
    return known.filter((grant) => grant !== undefined).filter((grant) => isInForce(grant, nowMs()))
  }

  const remove = async (name: string, grantId: Uint8Array): Promise<void> => {
    await index.removeDelivered(grantId)
    await vault.erase([{ kind: 'index', key: indexKeys.expected(grantId) }])
    expected.delete(name)
  }

  const sweep = async (): Promise<void> => {
    const { view } = chain.head()
    for (const [name, grantId] of [...expected]) {
      const grant = view.get(grants, grantId)
      if (grant && (grant.revokedHeight !== undefined || grant.untilMs <= nowMs()))
        await remove(name, grantId)
    }
    await removeSuperseded(grantsInForce())
  }

  const receivedBatches = async (grantId: Uint8Array): Promise<number> => {
    const value = await vault.get({ kind: 'index', key: indexKeys.received(grantId) })
    const progress = value.ok && value.value ? decode(progressSchema, value.value) : undefined
    return progress?.ok ? progress.value.batchCount : -1
  }

  const onEvents = (events: readonly ContractEvent[]): void => {
    const run = async (): Promise<void> => {
      for (const { kind, subjects } of events) {
        if (kind === 'consent.granted' && subjects[1]) await expect(subjects[1])
      }
      if (events.some(({ kind }) => ENDINGS.has(kind))) await sweep()
    }
    run().catch((error: unknown) => {
      logger.warn(
        { error: error instanceof Error ? error.message : 'unknown' },
        'the research index lags behind the chain',
      )
    })
  }

  // Rows go also when a grant ends by time, and when it ended while the node did not run.
  const sweeping = createRepeating(ports, 'sweeping the research index', SWEEP_MS, SWEEP_MS, async () => {
    await sweep()
    return false
  })

  return {
    start: () => {
      stopListening = chain.onEvents(onEvents)
      sweeping.start()
    },
    async close() {
      stopListening()
      await sweeping.close()
    },
    expectedGrants: () => [...expected.values()],
    grantsInForce,
    sweep,
    pendingCount: async (grantIds) => {
      const { view } = chain.head()
      let pending = 0
      for (const grant of grantsInForce().filter(({ grantId }) => grantIds.has(hexFromBytes(grantId)))) {
        const batchCount = view.get(charts, grant.chart)?.batchCount ?? 0
        if ((await receivedBatches(grant.grantId)) < batchCount) pending += 1
      }
      return pending
    },
    accept: async (from, bytes) => {
      const delivery = decode(deliverySchema, bytes, 24 * 1024 * 1024)
      if (!delivery.ok) return delivery
      const { grantId, person, rows, batchCount } = delivery.value
      const grant = chain.head().view.get(grants, grantId)
      if (!grant?.broker || !equalBytes(grant.broker, from) || !isForUs(grant)) {
        return refuse('research.not-broker', 'No grant lets this institution deliver here.')
      }
      if (!isInForce(grant, nowMs())) return refuse('research.grant-ended', 'The grant is not in force.')
      await expect(grantId)
      const progress = { key: indexKeys.received(grantId), value: encode(progressSchema, { batchCount }) }
      await index.addDelivered(
        rows.map((row) => ({ unit: grantId, person, ...row })),
        progress,
      )
      // A grant that ended meanwhile was swept without these rows.
      const isLate = !isInForce(chain.head().view.get(grants, grantId) ?? grant, nowMs())
      if (!isLate) return ok(undefined)
      await remove(hexFromBytes(grantId), grantId)
      return refuse('research.grant-ended', 'The grant is not in force.')
    },
  }
}
