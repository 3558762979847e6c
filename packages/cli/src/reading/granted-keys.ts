import {
  envelopeList,
  equalBytes,
  type GrantKeys,
  type GrantPlace,
  grants as grantTable,
  guardianships,
  openGrant,
  type ReadView,
} from '@medchain/core'
import { type ProvingMany, readProven } from '../client/proven-view.ts'
import type { Acting } from './acting.ts'

/** A grant to the person, with the keys that the patient sealed to them. */
export interface ReceivedGrant extends GrantPlace {
  readonly keys: GrantKeys
}

/** Every grant whose envelope waits for the person and opens, oldest first; whether it holds is for the legs to say. */
export const receivedGrants = async ({
  client,
  networkId,
  identity,
}: Acting): Promise<readonly ReceivedGrant[]> => {
  const context = { networkId, grantee: identity.id }
  const { sealingSecret, formerSealing = [] } = identity.secrets
  const grants: ReceivedGrant[] = []
  let after: Uint8Array | undefined
  for (;;) {
    const envelopes = await client.call(envelopeList, { after }, identity.actor)
    for (const { sealed } of envelopes) {
      // One that no secret opens was sealed by somebody who has no grant to give.
      for (const secret of [sealingSecret, ...formerSealing]) {
        const opened = await openGrant(secret, context, sealed)
        if (!opened.ok) continue
        grants.push(opened.value)
        break
      }
    }
    const last = envelopes.at(-1)?.grantId
    if (last === undefined) return grants
    after = last
  }
}

const isOfItsChart = (view: ReadView, { grantId, chart }: GrantPlace): boolean => {
  const found = view.get(grantTable, grantId) ?? view.get(guardianships, grantId)
  return found !== undefined && equalBytes(found.chart, chart)
}

/**
 * Those of which the chain says that they are of the chart that they name: what a patient sealed for somebody else's
 * chart takes the place of nothing there.
 */
export const ofTheirCharts = async <T extends GrantPlace>(
  client: ProvingMany,
  received: readonly T[],
): Promise<readonly T[]> =>
  received.length === 0
    ? []
    : readProven(client, (view) => received.filter((grant) => isOfItsChart(view, grant)))
