import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { DIAL_PRECEDENCE_MS, HIGHER_SIDE_PATIENCE_MS } from './limits.ts'
import type { IndexedMember, MemberIndex } from './member-index.ts'
import type { PeerTable } from './peer-table.ts'
import type { LivenessOptions, NetworkClock, NetworkLogger } from './port.ts'
import type { Telemetry } from './telemetry.ts'
import type { Violations } from './violations.ts'

export interface Dialer {
  start(): void
  close(): void
  /** Our own young dial goes before one from the other side; an older one gives way and is ended. */
  isPreferred(id: string): boolean
}

export interface DialerParts {
  readonly members: MemberIndex
  readonly table: PeerTable
  readonly selfId: () => string
  readonly dial: (addresses: Multiaddr[], signal: AbortSignal) => Promise<unknown>
  readonly liveness: LivenessOptions
  readonly clock: NetworkClock
  readonly logger: NetworkLogger
  readonly telemetry: Telemetry
  readonly violations: Pick<Violations, 'isBanned'>
}

interface Attempt {
  readonly startedAtMs: number
  readonly controller: AbortController
}

/**
 * Dials every member without a connection, again and again. The side with the lower id begins at once, the
 * other only after it saw no connection for a while, so that crossing dials are rare.
 */
export const createDialer = (parts: DialerParts): Dialer => {
  const { clock, liveness, table } = parts
  const attempts = new Map<string, Attempt>()
  const missingSinceMs = new Map<string, number>()
  const badAddresses = new Set<string>()
  let cancelTimer = (): void => undefined
  let running = false

  const addressesOf = ({ member, id }: IndexedMember): Multiaddr[] =>
    member.addresses.flatMap((address) => {
      try {
        return [multiaddr(`${address}/p2p/${id}`)]
      } catch {
        if (!badAddresses.has(address)) parts.logger.warn({ address }, 'a member has an address that is none')
        badAddresses.add(address)
        return []
      }
    })

  const attempt = async (indexed: IndexedMember): Promise<void> => {
    const addresses = addressesOf(indexed)
    if (addresses.length === 0) return
    const controller = new AbortController()
    attempts.set(indexed.id, { startedAtMs: clock.now(), controller })
    const clearTimer = clock.setTimer(liveness.dialTimeoutMs, () => controller.abort())
    parts.telemetry.dials.add(1)
    try {
      await parts.dial(addresses, controller.signal)
    } catch {
      // Not there yet: the next round tries again.
    } finally {
      clearTimer()
      attempts.delete(indexed.id)
    }
  }

  const consider = (indexed: IndexedMember): void => {
    const { id } = indexed
    if (id === parts.selfId() || attempts.has(id)) return
    if (parts.violations.isBanned(indexed.member.institution)) return
    if (table.get(id) !== undefined) {
      missingSinceMs.delete(id)
      return
    }
    const nowMs = clock.now()
    const sinceMs = missingSinceMs.get(id) ?? nowMs
    missingSinceMs.set(id, sinceMs)
    if (parts.selfId() < id || nowMs - sinceMs >= HIGHER_SIDE_PATIENCE_MS) void attempt(indexed)
  }

  const round = (): void => {
    if (!running) return
    for (const indexed of parts.members.all()) consider(indexed)
    const jitter = 0.8 + Math.random() * 0.4
    cancelTimer = clock.setTimer(liveness.redialIntervalMs * jitter, round)
  }

  return {
    start() {
      running = true
      round()
    },
    close() {
      running = false
      cancelTimer()
      for (const { controller } of attempts.values()) controller.abort()
    },
    isPreferred(id) {
      const own = attempts.get(id)
      if (own === undefined) return false
      if (parts.selfId() < id && clock.now() - own.startedAtMs < DIAL_PRECEDENCE_MS) return true
      own.controller.abort()
      return false
    },
  }
}
