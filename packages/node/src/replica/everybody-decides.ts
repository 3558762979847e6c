import { hexFromBytes, type ReplicaStatus } from '@medchain/core'
import type { Network } from '../network/index.ts'

/**
 * Whether all other members are validators of the present set that are connected here: they decide each block by
 * themselves, so that nobody needs it by gossip (consensus Q33).
 */
export const createEverybodyDecides =
  (network: Pick<Network, 'peers'>, status: () => Pick<ReplicaStatus, 'validators'>) => (): boolean => {
    const validators = new Set(status().validators.map(({ institution }) => hexFromBytes(institution)))
    return network.peers().every(({ institution, connected }) => connected && validators.has(institution))
  }
