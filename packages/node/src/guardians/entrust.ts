import {
  accounts,
  currentAttempt,
  equalBytes,
  ok,
  openRecovery,
  type Result,
  recoveries,
  type recoveryEntrust,
  type recoveryGive,
  refuse,
} from '@medchain/core'
import { institutionOf } from '../custody/anchoring.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseGuardian } from './codes.ts'
import { custodianPlace } from './deposit.ts'
import type { PayloadOf, RecoveryValues } from './kept-values.ts'

/** Shares of one guardian for recoveries of one sponsor: nobody crowds out those that others registered. */
export const ENTRUSTED_PER_SPONSOR_MAX = 128
const LISTED_MAX = 1000

type Ports = Pick<PrivacyPorts, 'chain' | 'self'>

/** Keeps the sealed share of one of the institution's own guardians. Actor: the recovery. */
export const entrustWith =
  ({ chain, self }: Ports, { entrusted }: RecoveryValues) =>
  async (
    { guardian, sealed }: PayloadOf<typeof recoveryEntrust>,
    recoveryId: Uint8Array,
  ): Promise<Result<readonly []>> => {
    const { view } = chain.head()
    const recovery = openRecovery(view, recoveryId)
    if (!recovery.ok) return recovery
    const account = view.get(accounts, guardian)
    const home = account?.role === 'guardian' ? institutionOf(guardian, account) : undefined
    if (!home || !equalBytes(home, self.id)) return refuseGuardian('recover.not-here')
    const isSponsors = (id: Uint8Array): boolean => {
      const other = view.get(recoveries, id)
      return other !== undefined && equalBytes(other.sponsor, recovery.value.sponsor)
    }
    const others = entrusted.list(guardian).filter((id) => !equalBytes(id, recoveryId) && isSponsors(id))
    if (others.length >= ENTRUSTED_PER_SPONSOR_MAX) return refuseGuardian('recover.too-many')
    await entrusted.put(sealed, guardian, recoveryId)
    return ok([])
  }

/** Shares of a guardian, for recoveries that go on. */
export const entrustedWith =
  ({ chain }: Ports, { entrusted }: RecoveryValues) =>
  async (
    guardian: Uint8Array,
  ): Promise<Result<readonly { readonly recoveryId: Uint8Array; readonly sealed: Uint8Array }[]>> => {
    const { view } = chain.head()
    const found: { recoveryId: Uint8Array; sealed: Uint8Array }[] = []
    for (const recoveryId of entrusted.list(guardian)) {
      if (found.length >= LISTED_MAX) break
      if (!openRecovery(view, recoveryId).ok) continue
      const sealed = await entrusted.get(guardian, recoveryId)
      if (!sealed.ok) return sealed
      if (sealed.value) found.push({ recoveryId, sealed: sealed.value })
    }
    return ok(found)
  }

/** Takes a guardian's share for the ticket, once the chain has its approval. Actor: that guardian. */
export const giveWith =
  ({ chain, self }: Ports, { given }: RecoveryValues) =>
  async (
    { recoveryId, position, sealed }: PayloadOf<typeof recoveryGive>,
    guardian: Uint8Array,
  ): Promise<Result<readonly []>> => {
    const { view, timeMs } = chain.head()
    const recovery = openRecovery(view, recoveryId)
    if (!recovery.ok) return recovery
    if (custodianPlace(recovery.value, self.id) < 0) return refuseGuardian('recover.no-share')
    const { approvals } = currentAttempt(view, recoveryId, timeMs)
    const hasApproved = approvals.some(
      (approval) => approval.position === position && equalBytes(approval.guardian, guardian),
    )
    if (!hasApproved) return refuse('recover.not-guardian', 'The recovery names another guardian there.')
    await given.put(sealed, recoveryId, Uint8Array.of(position))
    return ok([])
  }
