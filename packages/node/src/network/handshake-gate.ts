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

/** Whose sockets get as far as a handshake, which costs this node more than the one who asks for it. */
export interface HandshakeGate {
  /** `address` is a multiaddr such as `/ip4/192.0.2.7/tcp/51234`. */
  admit(address: string): boolean
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

  const isMembers = (host: string): boolean =>
    members.all().some(({ member }) => member.addresses.some((address) => hostOf(address) === host))

  return {
    admit(address) {
      const host = hostOf(address)
      const isAdmitted = budgetOf(host).take(1) && (isMembers(host) || strange.take(1))
      if (!isAdmitted) telemetry.handshakesRefused.add(1)
      return isAdmitted
    },
  }
}
