import {
  backOffMs,
  declareReady,
  equalBytes,
  members,
  pendingChangeIn,
  type ReadView,
  skipTableIn,
} from '@medchain/core'
import type { NodeServices } from '../api/index.ts'
import { nodeCiphers } from '../keystore/index.ts'
import { ownTransaction } from './own-transaction.ts'

/** Between two attempts that the chain did not take. */
const RETRY_MS = 2000
/** A back-off that is about to end needs no word. */
const SKIP_LEFT_MS_MIN = 1000

type Parts = Pick<
  NodeServices,
  'ledger' | 'networkId' | 'institution' | 'signer' | 'clock' | 'logger' | 'config' | 'keys'
>

export type Awaited = 'candidate' | 'skipped'

const isCandidate = (view: ReadView, institution: Uint8Array): boolean => {
  const pending = pendingChangeIn(view)
  return pending?.type === 'candidate' && equalBytes(pending.institution, institution)
}

/** Whether the chain would take the word of a validator that is passed over. */
const isSkipped = (view: ReadView, institution: Uint8Array, headTimeMs: number): boolean => {
  const entry = skipTableIn(view).find((each) => equalBytes(each.institution, institution))
  if (!entry || entry.untilMs < headTimeMs + SKIP_LEFT_MS_MIN) return false
  return entry.seenAtMs === undefined || headTimeMs >= entry.seenAtMs + backOffMs(entry.strikes)
}

/** For what the network waits for this validator; undefined when it does not. */
export const awaitedFor = (
  view: ReadView,
  institution: Uint8Array,
  headTimeMs: number,
): Awaited | undefined => {
  if (isCandidate(view, institution)) return 'candidate'
  return isSkipped(view, institution, headTimeMs) ? 'skipped' : undefined
}

/** Why this node could not keep its word; undefined when it is in sync and votes. */
const reasonAgainst = ({ ledger, config, keys, institution }: Parts): string | undefined => {
  const { syncing, abstaining } = ledger.status()
  if (syncing) return 'it is catching up'
  if (abstaining !== undefined) return abstaining
  if (!config.isValidator) return 'node.json says that it is an observer'
  const named = ledger.view().get(members, institution)?.votingKey
  const own = nodeCiphers.ed25519Public(keys.votingSeed)
  return named && equalBytes(named, own) ? undefined : 'the network knows another voting key of it'
}

/**
 * Declares this validator ready while it is a candidate or passed over, once it is in sync (consensus Q55, Q58).
 * `consider` is called after every block; one transaction is under way at a time.
 */
export const createReadiness = (parts: Parts): { readonly consider: () => void } => {
  const { ledger, institution, clock, logger } = parts
  let isSpeaking = false
  let triedAtMs = Number.NEGATIVE_INFINITY
  let told: string | undefined

  const tell = (reason: string, awaited: Awaited): void => {
    if (reason !== told) logger.warn({ awaited }, `this validator is awaited and not ready: ${reason}`)
    told = reason
  }

  const speak = async (awaited: Awaited): Promise<void> => {
    const said = await ledger.submit(ownTransaction(parts, declareReady, {}))
    if (said.ok) logger.info({ awaited }, 'this validator declared itself ready')
    else logger.debug({ awaited, code: said.code }, said.message)
  }

  return {
    consider: () => {
      const awaited = awaitedFor(ledger.view(), institution, ledger.status().headTimeMs)
      if (awaited === undefined || isSpeaking || clock.now() - triedAtMs < RETRY_MS) return
      const reason = reasonAgainst(parts)
      if (reason !== undefined) return tell(reason, awaited)
      told = undefined
      isSpeaking = true
      triedAtMs = clock.now()
      void speak(awaited).finally(() => {
        isSpeaking = false
      })
    },
  }
}
