import {
  type Emergency,
  type EmergencyChoice,
  emergencies,
  emergencyChoices,
  emergencyCounts,
  emergencyOrder,
  type ListedEmergency,
  positionKey,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { readState } from '../client/proven-state.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'>

const LISTED_MAX = 100

/** An emergency as the chain proves it; undefined where there is none of that id. */
export const provenEmergency = (client: Asked, id: Uint8Array): Promise<Emergency | undefined> =>
  readState(client, emergencies.schema, emergencies.keyOf(id))

/** The newest emergencies that a chart, a declarer, a co-signer or an institution has a part in, newest first. */
export const provenEmergencies = async (
  client: Asked,
  party: Uint8Array,
): Promise<readonly ListedEmergency[]> => {
  const count = (await readState(client, emergencyCounts.schema, emergencyCounts.keyOf(party))) ?? 0
  const positions = Array.from({ length: Math.min(count, LISTED_MAX) }, (_, index) => count - 1 - index)
  const found = await Promise.all(
    positions.map(async (position): Promise<readonly ListedEmergency[]> => {
      const key = emergencyOrder.keyOf(party, positionKey(position))
      const id = await readState(client, emergencyOrder.schema, key)
      const emergency = id && (await provenEmergency(client, id))
      return id && emergency ? [{ ...emergency, id }] : []
    }),
  )
  return found.flat()
}

/** What the patient chose for a chart, as the chain proves it. */
export const provenChoice = (client: Asked, chart: Uint8Array): Promise<EmergencyChoice | undefined> =>
  readState(client, emergencyChoices.schema, emergencyChoices.keyOf(chart))
