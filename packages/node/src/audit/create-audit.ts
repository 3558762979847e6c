import {
  type AuditPage,
  auditHeads as auditHeadsTable,
  auditProve,
  auditRead,
  auditReadFor,
  charts,
  encode,
  equalBytes,
  guardianInForce,
  ok,
  type PastAuditHead,
  type Result,
  type StateProof,
  stateProofSchema,
} from '@medchain/core'
import type { Dispatcher } from '../requests/dispatcher.ts'
import { REQUEST_AGE_MS_MAX } from '../requests/gate.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating } from '../requests/repeating.ts'
import { createAnchoring } from './anchoring.ts'
import { type AuditLog, openAuditLog } from './audit-log.ts'
import { refuseAudit } from './codes.ts'

const ANCHOR_MS = 5000
const READ_WAIT_MS_MAX = 3000
/** How far back used nonces are taken up again; entries bear block time, which lags the wall clock a little. */
const RECENT_MS = REQUEST_AGE_MS_MAX * 2 + 60_000
/** While an anchoring fails, the pause grows up to this. */
const ANCHOR_LONGEST_MS = 15_000

export interface Audit {
  readonly log: AuditLog
  /** Ok when disclosures may be served. */
  readonly isReady: () => Result<void>
  /** Anchors what is new at once; answers whether something is left. */
  readonly anchorNow: () => Promise<boolean>
  readonly start: () => void
  readonly close: () => Promise<void>
}

export interface AuditOptions {
  readonly folder: string
  /** Pause between anchorings; 5 s. */
  readonly anchorMs?: number | undefined
}

/** Waits for an anchoring, but not for long: the answer goes out either way. */
const soon = (clock: PrivacyPorts['clock'], anchored: Promise<boolean>): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.setTimer(READ_WAIT_MS_MAX, resolve)
    const done = (): void => {
      cancel()
      resolve()
    }
    anchored.then(done, done)
  })

/** The audit log of a node, its anchoring, and `audit.read` for patients and their guardians. */
export const createAudit = async (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  options: AuditOptions,
): Promise<Audit> => {
  const { chain, self, clock } = ports
  const log = await openAuditLog(options.folder, self.id, clock.wallMs() - RECENT_MS)
  const anchoring = createAnchoring(ports, log)
  let running: Promise<boolean> = Promise.resolve(false)
  const anchorNow = (): Promise<boolean> => {
    running = running.catch(() => true).then(anchoring.run)
    return running
  }
  const anchorMs = options.anchorMs ?? ANCHOR_MS
  const repeating = createRepeating(ports, 'anchoring the audit log', anchorMs, ANCHOR_LONGEST_MS, anchorNow)

  const readPage = async (
    chart: Uint8Array,
    { afterSequence, limit }: { readonly afterSequence: number; readonly limit: number },
  ): Promise<Result<AuditPage>> => {
    if (!anchoring.covers(chart)) await soon(clock, anchorNow())
    // Anchor and proof are taken together, before anything else can be anchored.
    const anchor = anchoring.anchor()
    const proof: StateProof | undefined = anchor && anchoring.proofFor(chart)
    const { sequence: count } = log.heads.head(chart)
    const entries = await log.read(
      chart,
      afterSequence,
      Math.min(limit, count - Math.min(count, afterSequence)),
    )
    if (!entries.ok) return entries
    return ok({
      entries: entries.value,
      count,
      anchor: anchor && encode(auditHeadsTable.schema, anchor),
      proof: proof && encode(stateProofSchema, proof),
    })
  }

  dispatcher.handle(auditRead, async (payload, { actor }) =>
    chain.head().view.get(charts, actor) ? readPage(actor, payload) : refuseAudit('audit.not-chart'),
  )
  dispatcher.handle(auditReadFor, async ({ chart, ...from }, { actor }) => {
    const { view, timeMs } = chain.head()
    const guardian = guardianInForce(view, chart, actor, Math.max(timeMs, clock.wallMs()))
    return guardian.ok ? readPage(chart, from) : guardian
  })

  const mayRead = (chart: Uint8Array, actor: Uint8Array): Result<void> => {
    const { view, timeMs } = chain.head()
    if (!view.get(charts, chart)) return refuseAudit('audit.not-chart')
    if (equalBytes(chart, actor)) return ok(undefined)
    const guardian = guardianInForce(view, chart, actor, Math.max(timeMs, clock.wallMs()))
    return guardian.ok ? ok(undefined) : guardian
  }
  dispatcher.handle(auditProve, async ({ chart, anchors }, { actor }) => {
    const may = mayRead(chart, actor)
    if (!may.ok) return may
    const proofs: PastAuditHead[] = []
    for (const sequence of anchors) {
      const past = anchoring.history.prove(chart, sequence)
      if (!past.ok) return past
      const { anchor, head, proof } = past.value
      proofs.push({ anchor, head, proof: encode(stateProofSchema, proof) })
    }
    return ok(proofs)
  })

  return {
    log,
    isReady: anchoring.isReady,
    anchorNow,
    start() {
      repeating.start()
      anchorNow().catch((error: unknown) => ports.logger.warn({ reason: String(error) }, 'anchoring failed'))
    },
    async close() {
      await repeating.close()
      await running.catch(() => true)
      await log.close()
    },
  }
}
