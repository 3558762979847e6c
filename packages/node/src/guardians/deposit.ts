import {
  CUSTODIANS_SHARE,
  equalBytes,
  ok,
  openForRecovery,
  openRecovery,
  type Recovery,
  type Result,
  type recoveryDeposit,
  shareSetsOf,
  verifyShare,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseGuardian } from './codes.ts'
import type { PayloadOf, RecoveryValues } from './kept-values.ts'

type Ports = Pick<PrivacyPorts, 'chain' | 'self'>

/** The institution's place among the custodians; below 0 when it is none. */
export const custodianPlace = ({ custodians }: Recovery, institution: Uint8Array): number =>
  custodians.findIndex((custodian) => equalBytes(custodian.institution, institution))

/** The institution's own share, opened and checked against the chain (RV9); `recover.share` otherwise. */
export const openOwnShare = async (
  { chain, self }: Ports,
  recoveryId: Uint8Array,
  recovery: Recovery,
  sealed: Uint8Array,
): Promise<Result<Uint8Array>> => {
  const place = {
    networkId: chain.networkId,
    recoveryId,
    recipient: nodeCiphers.x25519Public(self.sealingSecret),
  }
  const opened = await openForRecovery(CUSTODIANS_SHARE, place, self.sealingSecret, sealed)
  const position = custodianPlace(recovery, self.id)
  const isTrue =
    opened.ok &&
    opened.value.position === position &&
    verifyShare(shareSetsOf(recovery).custodians, opened.value)
  return isTrue ? ok(opened.value.share) : refuseGuardian('recover.share')
}

/** Takes a share that fits the chain, and content that is newer than what is here. Actor: the recovery. */
export const depositWith =
  (ports: Ports, { shares, contents }: RecoveryValues) =>
  async (
    { share, counter, content }: PayloadOf<typeof recoveryDeposit>,
    recoveryId: Uint8Array,
  ): Promise<Result<readonly []>> => {
    const recovery = openRecovery(ports.chain.head().view, recoveryId)
    if (!recovery.ok) return recovery
    if (custodianPlace(recovery.value, ports.self.id) < 0) return refuseGuardian('recover.share')
    if (share) {
      const own = await openOwnShare(ports, recoveryId, recovery.value, share)
      if (!own.ok) return own
      await shares.put(share, recoveryId)
    }
    const held = await contents.get(recoveryId)
    if (held.ok && held.value && held.value.counter >= counter) return refuseGuardian('recover.stale')
    await contents.put({ counter, content }, recoveryId)
    return ok([])
  }
