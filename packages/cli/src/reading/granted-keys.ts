import { envelopeList, type GrantKeys, type GrantPlace, openGrant } from '@medchain/core'
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
