import { decode, equalBytes, type Genesis, genesisSchema, networkIdOf } from '@medchain/core'
import { accuse } from './accuse.ts'
import type { NodeClient } from './node-client.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'> & Partial<NodeClient>

const known = new WeakMap<Asked, Promise<Genesis>>()

const readGenesis = async (client: Asked): Promise<Genesis> => {
  const answer = await client.get<{ genesis: string }>('/v1/genesis')
  const genesis = decode(genesisSchema, new Uint8Array(Buffer.from(answer.genesis, 'base64')))
  if (!genesis.ok || !equalBytes(networkIdOf(genesis.value), await client.networkId())) {
    return accuse(client, 'proof.false', 'gave a genesis document that is not that of the network.')
  }
  return genesis.value
}

/** The genesis document of the network that the client trusts, asked for once and checked by its hash. */
export const genesisOf = (client: Asked): Promise<Genesis> => {
  const reading = known.get(client) ?? readGenesis(client)
  known.set(client, reading)
  return reading
}
