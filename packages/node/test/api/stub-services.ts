import {
  type CommittedBlock,
  createReadView,
  createStateTree,
  decodeCommittedBlock,
  genesisChanges,
  hexFromBytes,
  institutionIdOf,
  networkIdOf,
  type ReplicaStatus,
  type Result,
  refuse,
  validatorsOf,
} from '@medchain/core'
import type { NodeServices } from '../../src/api/index.ts'
import { systemClock } from '../../src/clock.ts'
import { createLogger } from '../../src/logger.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import type { PeerStatus } from '../../src/network/index.ts'
import type { CommittedBlockEvent, Ledger, Submitted } from '../../src/replica/index.ts'
import { StorageError } from '../../src/storage/index.ts'
import { makeChain } from '../storage/made-chain.ts'

/** A node at height 3 of a made chain; block 2 is damaged on its disk. */
export const createStub = (submit: () => Promise<Result<Submitted>>) => {
  const probe = makeChain(0)
  const tree = createStateTree({ readBucket: () => [] }, [])
  tree.install(tree.deltaOf(genesisChanges(probe.genesis)))
  const { genesis, blocks } = makeChain(3, tree.root(), probe)
  const peers: PeerStatus[] = []
  const listeners = new Set<(event: CommittedBlockEvent) => void>()
  const blockBytes = (height: number): Uint8Array | undefined => {
    if (height === 2)
      throw new StorageError('storage.block-damaged', 'Block 2 in a file is not as it was written.')
    return blocks[height - 1]?.bytes
  }
  const blockAt = (height: number): CommittedBlock | undefined => {
    const bytes = blockBytes(height)
    const block = bytes && decodeCommittedBlock(bytes)
    return block?.ok ? block.value : undefined
  }
  const status: Partial<ReplicaStatus> = {
    networkId: networkIdOf(genesis),
    height: 3,
    headHash: new Uint8Array(32),
    stateRoot: tree.root(),
    headTimeMs: 5,
    round: 0,
    validators: validatorsOf(genesis),
    selfIndex: 0,
    proposer: validatorsOf(genesis)[0]!.institution,
    syncing: false,
    seenHeight: 3,
    checkpointHeight: 0,
    evidenceCount: 0,
    mempool: { transactions: 2, sizeBytes: 700 },
  }
  const ledger: Ledger = {
    status: () => status as ReplicaStatus,
    view: () => createReadView(tree),
    prove: (key) => ({ value: tree.read(key), proof: tree.prove(key) }),
    blockBytes,
    block: blockAt,
    fetchBlock: async (height) => {
      const block = blockAt(height)
      return block ? { ok: true, value: block } : refuse('block.not-found', 'No such block.')
    },
    lowestHeight: () => 1,
    heightOf: () => undefined,
    isPending: () => false,
    submit,
    onCommitted: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onEvidence: () => () => undefined,
    whenHeight: async () => true,
  }
  const services = {
    genesis,
    config: { name: 'h0', role: 'hospital', sponsorPolicy: 'token' },
    networkId: networkIdOf(genesis),
    institution: institutionIdOf(genesis.members[0]!),
    ledger,
    network: { peers: () => peers },
    handovers: { all: () => [], validatorsAt: () => validatorsOf(genesis) },
    clock: systemClock,
    clockSkewMs: () => undefined,
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
  } as unknown as NodeServices
  const connect = (index: number): void => {
    const institution = hexFromBytes(institutionIdOf(genesis.members[index]!))
    peers.push({ institution, peerId: `p${index}`, connected: true, queuedBytes: 0 })
  }
  return { services, genesis, blocks, connect, root: tree.root() }
}
