import {
  anchoredDeclarations,
  type EmergencyChoice,
  emergenciesOf,
  emergencyChoices,
  type ListedEmergency,
} from '@medchain/core'
import { type ProvingMany, readProven } from '../client/proven-view.ts'

const LISTED_MAX = 100

export interface ChainEmergency extends ListedEmergency {
  /** Whether it was declared while the chain stood still. */
  readonly isOfHalt: boolean
}

/** The newest emergencies that a chart, a declarer, a co-signer or an institution has a part in, newest first; proven. */
export const provenEmergencies = (
  client: ProvingMany,
  party: Uint8Array,
): Promise<readonly ChainEmergency[]> =>
  readProven(client, (view) =>
    emergenciesOf(view, party, LISTED_MAX).map((each) => ({
      ...each,
      // One that names nobody else was declared on the chain.
      isOfHalt: each.coSigner !== undefined && view.get(anchoredDeclarations, each.id) !== undefined,
    })),
  )

/** What the patient chose for a chart, as the chain proves it. */
export const provenChoice = (client: ProvingMany, chart: Uint8Array): Promise<EmergencyChoice | undefined> =>
  readProven(client, (view) => view.get(emergencyChoices, chart))
