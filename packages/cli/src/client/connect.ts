import { fail } from '../command-error.ts'
import type { GlobalOptions } from '../global-options.ts'
import type { Host } from '../host.ts'
import { createNodeClient, type NodeClient } from './node-client.ts'
import { DEFAULT_NODE_URL, isLoopback, parseNodeUrl } from './node-url.ts'
import { ownNodeUrl } from './own-node.ts'
import { readTrust } from './trust-file.ts'

/**
 * The node that the options name, else the one this home is connected to, else the one that lives in it; of the network
 * this home trusts. A home without `medchain connect` trusts what answers on this machine, and nothing elsewhere.
 * `network.mismatch` for another network.
 */
export const connectToNode = async (host: Host, options: GlobalOptions): Promise<NodeClient> => {
  const trust = await readTrust(options.home)
  const url = parseNodeUrl(
    options.nodeUrl ?? trust?.url ?? (await ownNodeUrl(options.home, host.env)) ?? DEFAULT_NODE_URL,
  )
  if (trust === undefined && !isLoopback(url)) {
    return fail(
      'network.untrusted',
      `${url} is not on this machine, and this home trusts no network yet.`,
      'medchain connect URL --fingerprint F says which network to trust.',
    )
  }
  const client = createNodeClient(url, host.now)
  const { networkId } = await client.status()
  if (trust !== undefined && networkId !== trust.networkId) {
    return fail('network.mismatch', `The node at ${url} belongs to another network than this home trusts.`)
  }
  return client
}
