import { base32FromBytes } from '@medchain/core'
import { networkIdFromFingerprint } from '@medchain/node'
import { createNodeClient } from '../../client/node-client.ts'
import { parseNodeUrl } from '../../client/node-url.ts'
import { writeTrust } from '../../client/trust-file.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

const askAbout = async (context: CommandContext, fingerprint: string): Promise<boolean> =>
  context.isInteractive &&
  context.confirm(`The network’s fingerprint is ${fingerprint}. Is it the one you were told?`)

/** Remembers a node and its network, once its fingerprint is the one that was told. */
export const connectTo: CommandAction = async (context, input) => {
  const url = parseNodeUrl(input.args[0] ?? '')
  const told = textOption(input, 'fingerprint')
  const expected =
    told === undefined ? undefined : base32FromBytes(valueOrFail(networkIdFromFingerprint(told)))
  const status = await createNodeClient(url, context.host.now).status()
  const { networkId, institution, genesisFingerprint: fingerprint } = status
  if (expected === undefined && !(await askAbout(context, fingerprint))) {
    return fail('usage.missing-option', '--fingerprint is needed; ask your institution for it in person.')
  }
  if (expected !== undefined && expected !== networkId) {
    return fail(
      'network.mismatch',
      `The node at ${url} belongs to another network than the one of this fingerprint.`,
      'Compare the fingerprint with your institution once more; do not trust this node.',
    )
  }
  await writeTrust(context.options.home, { url, networkId })
  return {
    json: { url, networkId, fingerprint, institution },
    text: `This home trusts the network ${fingerprint} and talks to ${status.institutionName} at ${url}.`,
  }
}
