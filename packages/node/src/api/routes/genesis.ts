import { encode, genesisSchema } from '@medchain/core'
import { described, object, routeSchema } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base64 } from '../text.ts'

/** The genesis document: its hash is the network id, so that a client who knows the id trusts it. */
export const genesisRoutes = (server: ApiServer, { genesis }: NodeServices): void => {
  const schema = routeSchema('members', {
    summary: 'The genesis document',
    answer: object({ genesis: described('Genesis, encoded, base64') }),
  })
  const answer = { genesis: base64(encode(genesisSchema, genesis)) }
  server.get('/v1/genesis', { schema }, () => answer)
}
