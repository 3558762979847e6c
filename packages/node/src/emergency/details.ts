import {
  bytesFromText,
  charts,
  concatBytes,
  decode,
  type EmergencyDetails,
  emergencies,
  emergencyDescribe,
  emergencyDetailsDigest,
  emergencyDetailsOf,
  emergencyDetailsSchema,
  encode,
  equalBytes,
  mayReview,
  ok,
  type Result,
} from '@medchain/core'
import type { Directory } from '../directory/create-directory.ts'
import { readSignedItem } from '../directory/signed-items.ts'
import { awaitState } from '../requests/await-state.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseEmergency } from './codes.ts'

const PREFIX = bytesFromText('emergency/')

const nameOf = (id: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, id) })

/**
 * What is said of emergencies off the chain (text, site, whose chart it is): kept by the declarer's institution and by
 * the one that registered the chart, read by those who have a part in the emergency or may review it.
 */
export const serveDetails = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  directory: Pick<Directory, 'forwarding' | 'keep'>,
): void => {
  const { chain, vault, self } = ports

  /** Keeps what a declarer signed, if it is what the declaration commits to; answers who else is to keep it. */
  const keep = async (bytes: Uint8Array): Promise<Result<Uint8Array | undefined>> => {
    const item = readSignedItem(emergencyDescribe, bytes, ports)
    if (!item.ok) return item
    const { id, details } = item.value.payload
    await awaitState(ports, () => chain.head().view.get(emergencies, id) !== undefined)
    const { view } = chain.head()
    const emergency = view.get(emergencies, id)
    if (!emergency) return refuseEmergency('emergency.early')
    if (details.text.trim() === '') return refuseEmergency('emergency.no-reason')
    const isTheirs =
      equalBytes(emergency.declarer, item.value.statement.actor) &&
      equalBytes(emergency.detailsDigest, emergencyDetailsDigest(details))
    if (!isTheirs) return refuseEmergency('emergency.details')
    await vault.putBatch([{ ...nameOf(id), value: encode(emergencyDetailsSchema, details) }])
    return ok(view.get(charts, emergency.chart)?.sponsor)
  }

  directory.keep(emergencyDescribe.action, async (bytes) => {
    const kept = await keep(bytes)
    return kept.ok ? ok(undefined) : kept
  })
  dispatcher.handle(emergencyDescribe, async ({ id }, { bytes }) => {
    const kept = await keep(bytes)
    if (!kept.ok) return kept
    if (kept.value && !equalBytes(kept.value, self.id)) {
      await directory.forwarding.put(kept.value, id, bytes)
      await directory.forwarding.flush()
    }
    return ok([])
  })
  dispatcher.handle(emergencyDetailsOf, async ({ ids }, { actor }) => {
    const found: { id: Uint8Array; details: EmergencyDetails }[] = []
    for (const id of ids) {
      const { view } = chain.head()
      const emergency = view.get(emergencies, id)
      const parties = emergency ? [emergency.declarer, emergency.coSigner, emergency.chart] : []
      const mayRead =
        emergency &&
        (parties.some((party) => party && equalBytes(party, actor)) || mayReview(view, emergency, actor))
      const value = mayRead ? await vault.get(nameOf(id)) : undefined
      const details = value?.ok && value.value ? decode(emergencyDetailsSchema, value.value) : undefined
      if (details?.ok) found.push({ id, details: details.value })
    }
    return ok(found)
  })
}
