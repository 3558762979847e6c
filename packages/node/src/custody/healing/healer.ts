import { equalBytes, hexFromBytes, institutionsIn, memberHistoryIn, ok } from '@medchain/core'
import type { PeerExchange } from '../../requests/peer-exchange.ts'
import type { PrivacyPorts } from '../../requests/ports.ts'
import { createRepeating } from '../../requests/repeating.ts'
import { BATCHES_PER_QUESTION_MAX } from '../../requests/vault-messages.ts'
import { readManifest, type StoredRecords, storedBatchIds } from '../stored-batch.ts'
import { createHealedGiver } from './give-healed.ts'
import { healedHoldersIn, isAmong, type Side } from './healed-sides.ts'
import { createHealedTaker } from './take-healed.ts'

const HEAL_FIRST_MS = 2000
const HEAL_LONGEST_MS = 5 * 60_000
/** A disk that was lost without anybody noticing is found out by then. */
const LOOK_AGAIN_MS = 60 * 60 * 1000
const ASK_TIMEOUT_MS = 10_000
/** However often others ask, everything is looked through no more often. */
const ASKED_PAUSE_MS = 60_000

/** Brings sides of batches back to the number of copies that the rule sets. */
export interface Healer {
  readonly start: () => void
  readonly close: () => Promise<void>
  /** Offers everything held here to holders that lack it; answers how many sides some holder still lacks. */
  readonly run: () => Promise<number>
}

type Ports = Pick<PrivacyPorts, 'chain' | 'vault' | 'self' | 'clock' | 'logger'>

/** Batches that a peer should keep the same side of, by peer and side. */
type Offers = Map<string, { readonly to: Uint8Array; readonly side: Side; readonly batchIds: Uint8Array[] }>

export const createHealer = (ports: Ports, exchange: PeerExchange, records: StoredRecords): Healer => {
  const { chain, vault, self, clock, logger } = ports
  const give = createHealedGiver({ chain, vault, self, exchange, records })
  const taker = createHealedTaker({ chain, vault, self })
  let stopListening = (): void => undefined
  let seenMembers: readonly Uint8Array[] = []
  let lookAtMs = 0
  let askedAtMs = 0
  let isLeft = false
  let isAsked = false

  const offersNow = async (): Promise<Offers> => {
    const head = chain.head()
    const history = memberHistoryIn(head.view)
    const offers: Offers = new Map()
    if (!isAmong(history.present, self.id)) return offers
    for (const batchId of storedBatchIds(vault)) {
      const manifest = await readManifest(vault, batchId)
      const found = healedHoldersIn(head, history, batchId)
      if (!manifest.ok || !manifest.value || !found) continue
      const { side } = manifest.value
      for (const to of found.holders.now[side]) {
        if (equalBytes(to, self.id)) continue
        const name = `${side} ${hexFromBytes(to)}`
        const offer = offers.get(name) ?? { to, side, batchIds: [] }
        offer.batchIds.push(batchId)
        offers.set(name, offer)
      }
    }
    return offers
  }

  const heal = async (to: Uint8Array, side: Side, batchIds: readonly Uint8Array[]): Promise<number> => {
    const answer = await exchange.call(to, { type: 'lacking', side, batchIds }, 'batch-ids', ASK_TIMEOUT_MS)
    if (!answer.ok) return batchIds.length
    let left = 0
    for (const batchId of answer.value.batchIds) {
      if (!isAmong(batchIds, batchId)) continue
      const given = await give(to, batchId)
      if (given.ok) logger.info({ side }, 'a holder has a side of a batch again')
      else {
        logger.info({ side, code: given.code }, 'a holder still lacks a side of a batch')
        left++
      }
    }
    return left
  }

  const run = async (): Promise<number> => {
    let left = 0
    for (const { to, side, batchIds } of (await offersNow()).values()) {
      for (let at = 0; at < batchIds.length; at += BATCHES_PER_QUESTION_MAX)
        left += await heal(to, side, batchIds.slice(at, at + BATCHES_PER_QUESTION_MAX))
    }
    return left
  }

  const hasCause = (): boolean => {
    const members = institutionsIn(chain.head().view)
    const isSame =
      members.length === seenMembers.length &&
      members.every((id, index) => equalBytes(id, seenMembers[index] ?? id))
    const isAskedAnew = isAsked && clock.wallMs() >= askedAtMs + ASKED_PAUSE_MS
    return !isSame || isLeft || isAskedAnew || clock.wallMs() >= lookAtMs
  }

  const runWithCause = async (): Promise<boolean> => {
    if (!hasCause()) return false
    seenMembers = institutionsIn(chain.head().view)
    if (isAsked) askedAtMs = clock.wallMs()
    isAsked = false
    const left = await run()
    isLeft = left > 0
    lookAtMs = clock.wallMs() + LOOK_AGAIN_MS
    return left > 0
  }

  /** Whoever has lost a disk says so by asking. */
  const askOthers = async (): Promise<void> => {
    const others = institutionsIn(chain.head().view).filter((id) => !equalBytes(id, self.id))
    await Promise.all(
      others.map((id) => exchange.call(id, { type: 'ask-healing' }, 'receipt', ASK_TIMEOUT_MS)),
    )
  }

  exchange.on('ask-healing', async () => {
    isAsked = true
    return ok({ type: 'receipt' })
  })
  exchange.on('lacking', async (_from, { side, batchIds }) =>
    ok({ type: 'batch-ids', batchIds: await taker.lacking(side, batchIds) }),
  )
  exchange.on('heal-ciphertexts', async (from, message) => {
    const taken = await taker.takeCiphertexts(from, message)
    return taken.ok ? ok({ type: 'receipt' }) : taken
  })
  exchange.on('heal-releases', async (from, message) => {
    const taken = await taker.takeReleases(from, message)
    return taken.ok ? ok({ type: 'receipt' }) : taken
  })

  const repeating = createRepeating(ports, 'healing', HEAL_FIRST_MS, HEAL_LONGEST_MS, runWithCause)
  let hasAsked = false
  return {
    run,
    start() {
      stopListening = chain.onCommitted(() => {
        if (hasAsked) return
        hasAsked = true
        void askOthers()
      })
      repeating.start()
    },
    async close() {
      stopListening()
      await repeating.close()
    },
  }
}
