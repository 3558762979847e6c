import {
  bytesFromText,
  charts,
  clinicianInstitution,
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
  filedMessage,
  type HaltedDeclaration,
  mayReview,
  ok,
  type ReadView,
} from '@medchain/core'
import { awaitState } from '../requests/await-state.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseEmergency } from './codes.ts'

const PREFIX = bytesFromText('emergency/')

const nameOf = (id: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, id) })

/** Keeps text and site of an emergency; durable once it resolves. */
export const keepDetailsIn =
  ({ vault }: Pick<PrivacyPorts, 'vault'>) =>
  (id: Uint8Array, details: EmergencyDetails): Promise<void> =>
    vault.putBatch([{ ...nameOf(id), value: encode(emergencyDetailsSchema, details) }])

/** Who has a part in an emergency, as the chain has it or a declaration in a halt. */
const partiesOf = (
  view: ReadView,
  id: Uint8Array,
  findHalted: (id: Uint8Array) => HaltedDeclaration | undefined,
) => {
  const emergency = view.get(emergencies, id)
  if (emergency) return { ...emergency, emergency }
  const declared = findHalted(id)
  return declared && { ...declared, institution: clinicianInstitution(view, declared.declarer), emergency }
}

/**
 * What is said of emergencies off the chain (text, site, whose chart it is): kept by the declarer's institution and by
 * the one that registered the chart, read by those who have a part in the emergency or may review it.
 */
export const serveDetails = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  findHalted: (id: Uint8Array) => HaltedDeclaration | undefined,
): void => {
  const { chain, self } = ports
  const keep = keepDetailsIn(ports)

  // Nothing of it goes through an outbox: what waits there lies on the disk as it is.
  dispatcher.handle(emergencyDescribe, async ({ id, details }, { actor }) => {
    await awaitState(ports, () => partiesOf(chain.head().view, id, findHalted) !== undefined)
    const { view } = chain.head()
    const emergency = partiesOf(view, id, findHalted)
    if (!emergency) return refuseEmergency('emergency.early')
    if (details.text.trim() === '') return refuseEmergency('emergency.no-reason')
    const isTheirs =
      equalBytes(emergency.declarer, actor) &&
      equalBytes(emergency.detailsDigest, emergencyDetailsDigest(details))
    const isOurs = [emergency.institution, view.get(charts, emergency.chart)?.sponsor].some(
      (institution) => institution !== undefined && equalBytes(institution, self.id),
    )
    if (!isTheirs || !isOurs) return refuseEmergency('emergency.details')
    await keep(id, details)
    return ok({ institution: self.id, signature: self.sign(filedMessage(chain.networkId, id)) })
  })
  dispatcher.handle(emergencyDetailsOf, async ({ ids }, { actor }) => {
    const found: { id: Uint8Array; details: EmergencyDetails }[] = []
    for (const id of ids) {
      const { view } = chain.head()
      const known = partiesOf(view, id, findHalted)
      const parties = known ? [known.declarer, known.coSigner, known.chart] : []
      const mayRead =
        parties.some((party) => party && equalBytes(party, actor)) ||
        (known?.emergency && mayReview(view, known.emergency, actor))
      const value = mayRead ? await ports.vault.get(nameOf(id)) : undefined
      const details = value?.ok && value.value ? decode(emergencyDetailsSchema, value.value) : undefined
      if (details?.ok) found.push({ id, details: details.value })
    }
    return ok(found)
  })
}
