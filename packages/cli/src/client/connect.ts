import { transactionIdOf } from '@medchain/core'
import { useNativeHashes } from '@medchain/node'
import { fail } from '../command-error.ts'
import type { GlobalOptions } from '../global-options.ts'
import type { Host } from '../host.ts'
import type { HeadChecks } from './head-checks.ts'
import { keepKnownChain, readKnownChain } from './known-chain.ts'
import { createNodeClient, type NodeClient } from './node-client.ts'
import { DEFAULT_NODE_URL, isLoopback, parseNodeUrl } from './node-url.ts'
import { isNodeHome, ownNodeUrl } from './own-node.ts'
import { proveOutcome } from './proven-transaction.ts'
import { readTrust } from './trust-file.ts'

/** What this home has seen of the network, against which the node's heads are held. */
const headChecksOf = async (
  { now }: Host,
  { home }: GlobalOptions,
  networkId: string,
  bearsOld: HeadChecks['bearsOld'],
): Promise<HeadChecks> => {
  let known = await readKnownChain(home, networkId)
  return {
    now,
    bearsOld,
    known: () => known,
    remember: async (next) => {
      known = await keepKnownChain(home, networkId, next)
      return known
    },
  }
}

/** A client that takes no word of the node for granted, unless it is told to (--no-verify). */
const provingClient = (plain: NodeClient, heads: HeadChecks, isTrusting: boolean): NodeClient => {
  const client: NodeClient = {
    ...plain,
    heads,
    isTrusting,
    submit: async (transaction, wait) =>
      proveOutcome(client, await plain.submit(transaction, wait), transactionIdOf(transaction)),
  }
  return client
}

/**
 * The node that the options name, else the one this home is connected to, else the one that lives in it; of the network
 * this home trusts. A home without `medchain connect` trusts what answers on this machine, and nothing elsewhere.
 * `network.mismatch` for another network.
 */
export const connectToNode = async (
  host: Host,
  options: GlobalOptions,
  bearsOld: HeadChecks['bearsOld'] = () => false,
  note: (line: string) => void = () => undefined,
): Promise<NodeClient> => {
  useNativeHashes()
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
  const { networkId, networkName, genesisFingerprint } = await client.status()
  if (trust !== undefined && networkId !== trust.networkId) {
    return fail('network.mismatch', `The node at ${url} belongs to another network than this home trusts.`)
  }
  const heads = await headChecksOf(host, options, networkId, bearsOld)
  const isFirstMeeting = heads.known() === undefined
  if (isFirstMeeting && trust === undefined && !isNodeHome(options.home)) {
    note(
      `Trusting ${networkName} (${genesisFingerprint}) because its node is on this machine; ` +
        'medchain connect URL --fingerprint F makes that choice yours.',
    )
  }
  return provingClient(client, heads, !options.verify)
}
