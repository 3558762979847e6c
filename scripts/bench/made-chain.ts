import { randomBytes } from 'node:crypto'
import {
  accountIdFromInception,
  certificateFromVotes,
  compareBytes,
  encode,
  encodeCommittedBlock,
  encodeTransaction,
  enrol,
  type Genesis,
  NETWORK_RULES,
  pendingFromBytes,
  quorumOf,
  type Signer,
  type StoredBlock,
  type TransactionBody,
  unwrap,
  voteMessage,
} from '@medchain/core'
import { createMempool } from '../../packages/core/src/mempool/index.ts'
import { buildBlock } from '../../packages/core/src/replica/build-block.ts'
import { TRUSTING_VERIFIER } from '../../packages/core/src/replica/cached-verifier.ts'
import type { Chain } from '../../packages/core/src/replica/chain.ts'
import { proposerIndexAt } from '../../packages/core/src/replica/execute-block.ts'
import { openChain } from '../../packages/core/src/replica/open-chain.ts'

const BLOCK_MS = 1_000

/** An enrolment with signatures of the right length: below a certificate nobody checks them again. */
const makeTransaction = (networkId: Uint8Array, sender: Uint8Array, timeMs: number): Uint8Array => {
  const fresh = (): Uint8Array => new Uint8Array(randomBytes(32))
  const inception = { signingKey: fresh(), sealingKey: fresh(), salt: fresh() }
  const body: TransactionBody = {
    version: 1,
    networkId,
    sender,
    expiryMs: timeMs + 5 * 60_000,
    salt: new Uint8Array(randomBytes(16)),
    kind: enrol.kind,
    payload: encode(enrol.payload, { ...inception, role: 'practitioner' as const }),
  }
  const signature = new Uint8Array(randomBytes(64))
  const signatures = [sender, accountIdFromInception(inception)]
    .map((signer) => ({ signer, signature }))
    .sort((a, b) => compareBytes(a.signer, b.signer))
  return encodeTransaction({ body, signatures })
}

const addBlock = (chain: Chain, transactions: number, signers: readonly Signer[]): StoredBlock => {
  const head = chain.head()
  const timeMs = head.timeMs + BLOCK_MS
  const { institution } = head.validators[proposerIndexAt(chain, 0)] ?? {}
  if (!institution) throw new Error('nobody proposes')
  const mempool = createMempool({
    transactionsMax: 10_000,
    sizeBytesMax: 64 * 1024 * 1024,
    perAccountMax: 10_000,
    perInstitutionMax: 10_000,
  })
  for (let count = 0; count < transactions; count++) {
    const pending = unwrap(pendingFromBytes(makeTransaction(chain.networkId, institution, timeMs)))
    unwrap(mempool.add({ pending, institution, arrivedMs: timeMs, isOwn: true }))
  }
  const plan = { round: 0, timeMs, proposer: institution, transactionsMax: 4096, isHeldBack: () => false }
  const { executed } = buildBlock(chain, mempool, plan, TRUSTING_VERIFIER)
  const { block, hash } = executed
  if (block.transactions.length !== transactions) throw new Error('a transaction was left out')
  const vote = { networkId: chain.networkId, height: block.header.height, round: 0, blockHash: hash }
  const message = voteMessage({ ...vote, type: 'commit' })
  const votes = signers
    .slice(0, quorumOf(head.validators.length))
    .map((signer, index) => [index, signer.sign(message)] as const)
  const certificate = certificateFromVotes(head.validators, vote.height, 0, hash, new Map(votes))
  chain.apply(executed)
  return { height: vote.height, bytes: encodeCommittedBlock({ block, certificate }) }
}

export interface ChainPlan {
  readonly blocks: number
  readonly transactionsPerBlock: number
}

/** A chain with true certificates; `signers` are the voting keys in the order of the validator set. */
export const makeChain = (
  genesis: Genesis,
  signers: readonly Signer[],
  { blocks, transactionsPerBlock }: ChainPlan,
): StoredBlock[] => {
  const ports = {
    blocks: { headHeight: () => 0, readBlock: () => undefined },
    state: { readBucket: () => [], checkpoint: () => undefined, occupied: () => [] },
    verifier: TRUSTING_VERIFIER,
  }
  const chain = unwrap(openChain(genesis, NETWORK_RULES, ports))
  return Array.from({ length: blocks }, () => addBlock(chain, transactionsPerBlock, signers))
}
