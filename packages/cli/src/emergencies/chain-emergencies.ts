import { type EmergencyChoice, emergenciesOf, emergencyChoices, type ListedEmergency } from '@medchain/core'
import { type ProvingMany, readProven } from '../client/proven-view.ts'

const LISTED_MAX = 100

/** The newest emergencies that a chart, a declarer, a co-signer or an institution has a part in, newest first; proven. */
export const provenEmergencies = (
  client: ProvingMany,
  party: Uint8Array,
): Promise<readonly ListedEmergency[]> => readProven(client, (view) => emergenciesOf(view, party, LISTED_MAX))

/** What the patient chose for a chart, as the chain proves it. */
export const provenChoice = (client: ProvingMany, chart: Uint8Array): Promise<EmergencyChoice | undefined> =>
  readProven(client, (view) => view.get(emergencyChoices, chart))
