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
} from '@medchain/core'
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
export const serveDetails = (ports: PrivacyPorts, dispatcher: Dispatcher): void => {
  const { chain, vault, self } = ports

  // Nothing of it goes through an outbox: what waits there lies on the disk as it is.
  dispatcher.handle(emergencyDescribe, async ({ id, details }, { actor }) => {
    await awaitState(ports, () => chain.head().view.get(emergencies, id) !== undefined)
    const { view } = chain.head()
    const emergency = view.get(emergencies, id)
    if (!emergency) return refuseEmergency('emergency.early')
    if (details.text.trim() === '') return refuseEmergency('emergency.no-reason')
    const isTheirs =
      equalBytes(emergency.declarer, actor) &&
      equalBytes(emergency.detailsDigest, emergencyDetailsDigest(details))
    const isOurs = [emergency.institution, view.get(charts, emergency.chart)?.sponsor].some(
      (institution) => institution !== undefined && equalBytes(institution, self.id),
    )
    if (!isTheirs || !isOurs) return refuseEmergency('emergency.details')
    await vault.putBatch([{ ...nameOf(id), value: encode(emergencyDetailsSchema, details) }])
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
