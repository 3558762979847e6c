import { assertInvariant } from '../encoding/index.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import type { Chain } from './chain.ts'
import type { ProtocolStatus, ReplicaStatus } from './replica-api.ts'
import type { ReplicaScope } from './scope.ts'

const protocolStatusOf = (chain: Chain): ProtocolStatus => {
  const { protocolVersion } = chain.head()
  const { next } = chain.rules.protocolIn(chain.view)
  return {
    version: protocolVersion,
    supported: chain.rules.supportedVersions,
    next: next?.version === protocolVersion ? undefined : next,
  }
}

const FORGETFUL =
  'Nothing is known here of what this validator signed before, as after the loss of its disk; it asks the others how far they are.'

/** What an operator, the API and the tests see of a replica. */
export const statusOf = (scope: ReplicaScope): ReplicaStatus => {
  const { chain, engine, fetcher, guard, mempool, memory, pace, self } = scope
  const head = chain.head()
  const view = engine.view()
  const proposer = head.validators[view.proposerIndex]?.institution
  assertInvariant(proposer !== undefined, 'no proposer')
  return {
    networkId: chain.networkId,
    height: head.height,
    headHash: head.hash,
    headTimeMs: head.timeMs,
    head: head.header,
    stateRoot: chain.tree.root(),
    round: view.round,
    roundTimeoutMs: pace.baseMs(),
    validators: head.validators,
    skipped: head.validators.filter((_, index) => head.skipped.has(index)).map((each) => each.institution),
    protocol: protocolStatusOf(chain),
    parameters: head.parameters,
    selfIndex: self === undefined ? -1 : validatorIndexOf(head.validators, self.institution),
    proposer,
    awaitsProposal: !view.hasProposal,
    syncing: fetcher.seenHeight() > head.height + 1,
    seenHeight: Math.max(fetcher.seenHeight(), head.height),
    abstaining: memory.isForgetful ? FORGETFUL : guard.reasonAt(head.height + 1),
    mempool: mempool.size(),
    checkpointHeight: memory.checkpointHeight,
    peers: memory.peers.size,
    evidenceCount: memory.evidenceCount,
    blocks: memory.summaries,
  }
}
