import { hexFromBytes, ok, quorumOf, type Result, refuse } from '@medchain/core'
import type { NodeServices } from '../services.ts'

/** Whether the node has caught up and reaches, itself included, a quorum of the validators. */
export const readinessOf = ({ ledger, network, institution }: NodeServices): Result<void> => {
  const { validators, syncing } = ledger.status()
  const present = new Set(network.peers().flatMap((peer) => (peer.connected ? [peer.institution] : [])))
  present.add(hexFromBytes(institution))
  const reached = validators.filter((member) => present.has(hexFromBytes(member.institution))).length
  if (syncing) return refuse('node.not-ready', 'The node is still catching up with the others.')
  return reached >= quorumOf(validators.length)
    ? ok(undefined)
    : refuse(
        'node.not-ready',
        `The node reaches ${reached} of ${validators.length} validators, fewer than a quorum.`,
      )
}
