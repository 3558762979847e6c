import { encodeHandover } from '@medchain/core'
import { array, described, object, routeSchema } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base64 } from '../text.ts'

/** Every change of the validator set: who knows the network id follows them to the set of any height. */
export const handoverRoutes = (server: ApiServer, { handovers }: NodeServices): void => {
  const schema = routeSchema('proofs', {
    summary: 'The changes of the validator set, from the genesis document on',
    answer: object({
      handovers: array(described('Handover: header, certificate and the next set; encoded, base64')),
    }),
  })
  server.get('/v1/handovers', { schema }, () => ({
    handovers: handovers.all().map((handover) => base64(encodeHandover(handover))),
  }))
}
