import {
  type CustodianShares,
  concatBytes,
  custodianShares,
  emergencyChoices,
  emergencyKeepShares,
  equalBytes,
  ok,
  openEmergencyShare,
  positionKey,
  type ReleasedShare,
  type Result,
  refuse,
  uintFromBytes,
  verifyShare,
} from '@medchain/core'
import { readSignedItem } from '../directory/signed-items.ts'
import { awaitState } from '../requests/await-state.ts'
import { createInTurn } from '../requests/in-turn.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseEmergency } from './codes.ts'

/** This institution's shares of charts' epoch secrets, as deletable values (BG3). */
export interface ShareKeeper {
  /** Takes the shares that a chart signed for its custodians: this one's, if it fits its digest on the chain. */
  readonly keep: (bytes: Uint8Array) => Promise<Result<void>>
  /** The shares of a chart that are held here and fit their digests now. */
  readonly sharesOf: (chart: Uint8Array) => Promise<readonly ReleasedShare[]>
  /** Deletes what no digest on the chain fits any more, of one chart or of all; answers how many. */
  readonly sweep: (chart?: Uint8Array) => Promise<number>
}

const nameOf = (chart: Uint8Array, epoch: number): VaultName => ({
  kind: 'share',
  key: concatBytes(chart, positionKey(epoch)),
})

const setOf = ({ setId, threshold, shares }: CustodianShares) => ({
  setId,
  threshold,
  digests: shares.map(({ digest }) => digest),
})

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'vault' | 'verifier' | 'clock' | 'personKeys'>

export const createShareKeeper = (ports: Ports): ShareKeeper => {
  const { chain, self, vault } = ports
  const chainHas = (chart: Uint8Array, epoch: number): CustodianShares | undefined =>
    chain.head().view.get(custodianShares, chart, positionKey(epoch))

  // A share that came in the midst of a sweep is not the one that the sweep looked at.
  const inTurn = createInTurn()

  /** The share under a name, if it is the one that the chain has a digest of. */
  const fitting = async (chart: Uint8Array, epoch: number): Promise<ReleasedShare | undefined> => {
    const value = await vault.get(nameOf(chart, epoch))
    const known = chainHas(chart, epoch)
    if (!value.ok || value.value === undefined || !known) return undefined
    const position = known.shares.findIndex(({ institution }) => equalBytes(institution, self.id))
    const share = value.value
    return verifyShare(setOf(known), { position, share }) ? { epoch, position, share } : undefined
  }

  return {
    async keep(bytes) {
      const item = readSignedItem(emergencyKeepShares, bytes, ports)
      if (!item.ok) return item
      const { statement, payload } = item.value
      const { actor: chart } = statement
      const { epoch, setId, height } = payload
      await awaitState(ports, () => chain.head().height >= height)
      const known = chainHas(chart, epoch)
      if (!known || !equalBytes(known.setId, setId))
        return refuseEmergency(chain.head().height < height ? 'emergency.early' : 'emergency.superseded')
      const position = known.shares.findIndex(({ institution }) => equalBytes(institution, self.id))
      const sealed = payload.shares.find(({ institution }) => equalBytes(institution, self.id))?.sealed
      if (position < 0 || !sealed) return refuseEmergency('emergency.not-custodian')
      const place = { networkId: chain.networkId, chart, epoch, setId, custodian: self.id }
      const share = await openEmergencyShare(self.sealingSecret, place, sealed)
      if (!share.ok) return share
      if (!verifyShare(setOf(known), { position, share: share.value }))
        return refuse('share.false', 'The share is not the one that the chart committed to.')
      return inTurn(async () => {
        const now = chainHas(chart, epoch)
        if (!now || !equalBytes(now.setId, setId)) return refuseEmergency('emergency.superseded')
        await vault.putBatch([{ ...nameOf(chart, epoch), value: share.value }])
        return ok(undefined)
      })
    },
    async sharesOf(chart) {
      const choice = chain.head().view.get(emergencyChoices, chart)
      if (!choice?.isEligible) return []
      const found: ReleasedShare[] = []
      for (const epoch of choice.epochs) {
        const share = await fitting(chart, epoch)
        if (share) found.push(share)
      }
      return found
    },
    sweep: (chart = new Uint8Array(0)) =>
      inTurn(async () => {
        const stale: VaultName[] = []
        for (const key of vault.list('share', chart)) {
          const fits = await fitting(key.slice(0, 32), uintFromBytes(key.slice(32)))
          if (!fits) stale.push({ kind: 'share', key })
        }
        if (stale.length > 0) await vault.erase(stale)
        return stale.length
      }),
  }
}
