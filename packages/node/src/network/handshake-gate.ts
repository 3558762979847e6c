import { createRateBudget, type RateBudget } from '../rate-budget.ts'
import {
  ADDRESS_HANDSHAKES_BURST,
  ADDRESS_HANDSHAKES_PER_SECOND,
  STRANGE_HANDSHAKES_BURST,
  STRANGE_HANDSHAKES_PER_SECOND,
} from './limits.ts'
import type { MemberIndex } from './member-index.ts'
import type { NetworkClock } from './port.ts'
import type { Telemetry } from './telemetry.ts'

const ADDRESSES_KEPT_MAX = 4_096
/** At which members were last. */
const PROVED_KEPT_MAX = 256

/** Whose sockets get as far as a handshake, which costs this node more than the one who asks for it. */
export interface HandshakeGate {
  /** `address` is a multiaddr such as `/ip4/192.0.2.7/tcp/51234`. */
  admit(address: string): boolean
  /** A member proved that it is at this address: a name in the directory does not say so. */
  proved(address: string): void
}

const hostOf = (address: string): string => address.split('/').slice(1, 3).join('/')

/**
 * A budget for each address, and one for all addresses at which no member is known: strangers anywhere take no
 * more than that together, and never from the members.
 */
export const createHandshakeGate = (parts: {
  readonly members: MemberIndex
  readonly clock: NetworkClock
  readonly telemetry: Telemetry
}): HandshakeGate => {
  const { clock, members, telemetry } = parts
  const strange = createRateBudget(clock, {
    burst: STRANGE_HANDSHAKES_BURST,
    perSecond: STRANGE_HANDSHAKES_PER_SECOND,
  })
  const budgets = new Map<string, RateBudget>()

  const budgetOf = (host: string): RateBudget => {
    const known = budgets.get(host)
    if (known) return known
    const oldest = budgets.keys().next()
    if (budgets.size >= ADDRESSES_KEPT_MAX && !oldest.done) budgets.delete(oldest.value)
    const budget = createRateBudget(clock, {
      burst: ADDRESS_HANDSHAKES_BURST,
      perSecond: ADDRESS_HANDSHAKES_PER_SECOND,
    })
    budgets.set(host, budget)
    return budget
  }

  const proved = new Set<string>()
  const isMembers = (host: string): boolean =>
    proved.has(host) ||
    members.all().some(({ member }) => member.addresses.some((address) => hostOf(address) === host))

  return {
    proved(address) {
      const host = hostOf(address)
      proved.delete(host)
      proved.add(host)
      const oldest = proved.keys().next()
      if (proved.size > PROVED_KEPT_MAX && !oldest.done) proved.delete(oldest.value)
    },
    admit(address) {
      const host = hostOf(address)
      const isAdmitted = budgetOf(host).take(1) && (isMembers(host) || strange.take(1))
      if (!isAdmitted) telemetry.handshakesRefused.add(1)
      return isAdmitted
    },
  }
}
