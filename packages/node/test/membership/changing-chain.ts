import {
  blockHash,
  type CommittedBlock,
  certificateFromVotes,
  createOverlay,
  type Genesis,
  type Handover,
  type Header,
  institutionIdOf,
  keepValidatorSet,
  networkIdOf,
  quorumOf,
  transactionsRootOfBlock,
  unwrap,
  type ValidatorSet,
  validatorSetHash,
  validatorsOf,
  voteMessage,
} from '@medchain/core'
import { createGenesis, memberFromKeys } from '../../src/config/index.ts'
import { generateNodeKeys } from '../../src/config/node-keys.ts'
import type { FollowedChain } from '../../src/membership/handovers.ts'
import type { CommittedBlockEvent } from '../../src/replica/index.ts'
import { createSigner } from '../../src/replica/signer.ts'

const keys = Array.from({ length: 6 }, generateNodeKeys)
const members = keys.map((own, index) =>
  memberFromKeys(own, { name: `h${index}`, role: 'hospital', addresses: [], isValidator: true }),
)
const seeds = new Map(
  keys.map(({ votingSeed }, index) => [institutionIdOf(members[index]!).join(), votingSeed]),
)
const setOf = (...indices: readonly number[]): ValidatorSet =>
  indices.map((index) => ({
    institution: institutionIdOf(members[index]!),
    votingKey: members[index]!.votingKey,
  }))

export const genesis: Genesis = unwrap(createGenesis(members.slice(0, 4), { name: 'made', timeMs: 1000 }))
export const firstSet = validatorsOf(genesis)
export const secondSet = setOf(0, 1, 2, 3, 4)
export const thirdSet = setOf(1, 2, 3, 4)

/** Blocks 3 and 7 hand over to the second and the third set. */
const setAt = (height: number): ValidatorSet => (height <= 3 ? firstSet : height <= 7 ? secondSet : thirdSet)

const certified = (header: Header, set: ValidatorSet): CommittedBlock => {
  const hash = blockHash(header)
  const { networkId, height } = header
  const message = voteMessage({ networkId, height, round: 0, type: 'commit', blockHash: hash })
  const votes = set.slice(0, quorumOf(set.length)).map(({ institution }, index) => {
    const seed = seeds.get(institution.join())
    return [index, createSigner(seed ?? new Uint8Array(32)).sign(message)] as const
  })
  return {
    block: { header, transactions: [] },
    certificate: certificateFromVotes(set, height, 0, hash, new Map(votes)),
  }
}

const blockAt = (height: number): CommittedBlock => {
  const none = new Uint8Array(32)
  const set = setAt(height)
  const header: Header = {
    version: 1,
    networkId: networkIdOf(genesis),
    height,
    round: 0,
    parentHash: none,
    timeMs: 1000 + height,
    proposer: set[0]!.institution,
    transactionsRoot: transactionsRootOfBlock([]),
    stateRoot: none,
    logRoot: none,
    logSize: height - 1,
    validatorSetHash: validatorSetHash(set),
    nextValidatorSetHash: validatorSetHash(setAt(height + 1)),
  }
  return certified(header, set)
}

export const blocks: readonly CommittedBlock[] = Array.from({ length: 10 }, (_, index) => blockAt(index + 1))

export const handoverOf = (height: number, validators: ValidatorSet): Handover => {
  const { block, certificate } = blocks[height - 1]!
  return { header: block.header, certificate, validators }
}

/** A chain that has come to `height`; the blocks below `prunedBelow` are gone. */
export const chainAt = (height: number, prunedBelow = 0) => {
  const { view } = createOverlay({ read: () => undefined })
  for (const set of [secondSet, thirdSet]) keepValidatorSet(view, set)
  let head = height
  let listener: (event: CommittedBlockEvent) => void = () => undefined
  const readBlocks: number[] = []
  const chain: FollowedChain = {
    status: () =>
      ({ height: head, head: blocks[head - 1]?.block.header }) as ReturnType<FollowedChain['status']>,
    view: () => view,
    block: (at) => {
      readBlocks.push(at)
      return at >= prunedBelow && at <= head ? blocks[at - 1] : undefined
    },
    onCommitted: (each) => {
      listener = each
      return () => undefined
    },
  }
  const commit = (): void => {
    head += 1
    const { block, certificate } = blocks[head - 1]!
    const { header } = block
    const hash = blockHash(header)
    listener({ type: 'committed', height: head, hash, header, certificate, transactions: [] })
  }
  return { chain, commit, readBlocks }
}
