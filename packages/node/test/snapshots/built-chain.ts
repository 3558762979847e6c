import { createHash } from 'node:crypto'
import {
  accountIdFromInception,
  appendLeafHash,
  type Bucket,
  blockHash,
  type ChangeSet,
  certificateFromVotes,
  checkpointMetaOf,
  compareBytes,
  createOverlay,
  createStateTree,
  EMPTY_LOG,
  encode,
  encodeCommittedBlock,
  encodeLastSigned,
  encodeTransaction,
  enrol,
  type Genesis,
  type Header,
  leafHash,
  NETWORK_RULES,
  networkIdOf,
  pendingFromBytes,
  rootFromFrontier,
  type StoredBlock,
  transactionsRootOfBlock,
  unwrap,
  type Validator,
  validatorSetHash,
  validatorsOf,
  voteMessage,
} from '@medchain/core'
import type { NodeKeys, NodePaths } from '../../src/config/index.ts'
import { writeFileAtomic } from '../../src/keystore/index.ts'
import { createLogger } from '../../src/logger.ts'
import { createSigner } from '../../src/replica/signer.ts'
import { openStorage, storageFiles } from '../../src/storage/index.ts'

const sha256 = (text: string): Uint8Array => new Uint8Array(createHash('sha256').update(text).digest())
const TRUSTING = { verify: () => true }
const SIGNATURE = new Uint8Array(64)

/** An enrolment whose signatures nobody checks: a quorum stands for the block that it is in. */
const enrolment = (genesis: Genesis, number: number, timeMs: number): Uint8Array => {
  const [signingKey, sealingKey, salt] = ['a', 'b', 'c'].map((name) => sha256(`${name} ${number}`))
  const inception = { signingKey, sealingKey, salt } as Record<
    'signingKey' | 'sealingKey' | 'salt',
    Uint8Array
  >
  const sender = (validatorsOf(genesis)[number % 4] as Validator).institution
  const signers = [sender, accountIdFromInception(inception)].sort(compareBytes)
  const body = {
    version: 1,
    networkId: networkIdOf(genesis),
    sender,
    expiryMs: timeMs + 300_000,
    salt: (salt as Uint8Array).slice(0, 16),
    kind: enrol.kind,
    payload: encode(enrol.payload, { ...inception, role: 'practitioner' as const }),
  }
  return encodeTransaction({
    body,
    signatures: signers.map((signer) => ({ signer, signature: SIGNATURE })),
  })
}

export interface ChainPlan {
  readonly genesis: Genesis
  /** Of at least a quorum of the validators, in their order. */
  readonly keys: readonly NodeKeys[]
  readonly heights: number
  readonly transactionsPerBlock: number
  readonly intervalMs: number
}

export interface BuiltChain {
  readonly blocks: readonly StoredBlock[]
  readonly buckets: ReadonlyMap<number, Bucket>
  readonly meta: Uint8Array
}

/** A chain as four validators would have made it, executed once and signed by three. */
export const buildChain = (plan: ChainPlan): BuiltChain => {
  const { genesis, heights } = plan
  const networkId = networkIdOf(genesis)
  const set = validatorsOf(genesis)
  const setHash = validatorSetHash(set)
  const signers = plan.keys.slice(0, 3).map(({ votingSeed }) => createSigner(votingSeed))
  const tree = createStateTree({ readBucket: () => [] }, [])
  const install = (changes: ChangeSet): void => tree.install(tree.deltaOf(changes))
  install(NETWORK_RULES.genesisChanges(genesis))
  const blocks: StoredBlock[] = []
  let [parentHash, log, below] = [networkId, EMPTY_LOG, EMPTY_LOG]
  let parent: Header | undefined
  for (let height = 1; height <= heights; height++) {
    const timeMs = genesis.timeMs + height * plan.intervalMs
    const proposer = (set[(height - 1) % set.length] as Validator).institution
    const overlay = createOverlay(tree)
    NETWORK_RULES.beginBlock(overlay.view, {
      height,
      round: 0,
      timeMs,
      proposer,
      parentTimeMs: parent?.timeMs ?? genesis.timeMs,
      parentProposer: parent?.proposer,
    })
    const transactions = Array.from({ length: plan.transactionsPerBlock }, (_, index) =>
      enrolment(genesis, height * plan.transactionsPerBlock + index, timeMs),
    )
    const context = { networkId, height, timeMs, parameters: genesis.parameters }
    for (const bytes of transactions) {
      const pending = unwrap(pendingFromBytes(bytes))
      overlay.absorb(unwrap(NETWORK_RULES.execute(pending, overlay, context, TRUSTING)).changes)
    }
    install(overlay.changes)
    const header: Header = {
      version: 1,
      networkId,
      height,
      round: 0,
      parentHash,
      timeMs,
      proposer,
      transactionsRoot: transactionsRootOfBlock(transactions),
      stateRoot: tree.root(),
      logRoot: rootFromFrontier(log),
      logSize: height - 1,
      validatorSetHash: setHash,
      nextValidatorSetHash: setHash,
    }
    const hash = blockHash(header)
    const message = voteMessage({ networkId, height, round: 0, type: 'commit', blockHash: hash })
    const votes = signers.map((signer, index) => [index, signer.sign(message)] as const)
    const certificate = certificateFromVotes(set, height, 0, hash, new Map(votes))
    blocks.push({ height, bytes: encodeCommittedBlock({ block: { header, transactions }, certificate }) })
    below = log
    log = appendLeafHash(log, leafHash(hash))
    parentHash = hash
    parent = header
  }
  return { blocks, buckets: tree.dirtyBuckets(), meta: checkpointMetaOf(heights, parentHash, below) }
}

/** Gives an empty home the chain, as a validator that signed its last block and stopped. */
export const writeChain = async (
  paths: NodePaths,
  genesis: Genesis,
  chain: BuiltChain,
  segmentSizeBytes = 64 * 1024 * 1024,
): Promise<void> => {
  const networkId = networkIdOf(genesis)
  const logger = createLogger({ level: 'silent' })
  const storage = unwrap(await openStorage({ paths, networkId, segmentSizeBytes }, { logger }))
  const height = chain.blocks.length
  for (let at = 0; at < height; at += 4) await storage.blocks.append(chain.blocks.slice(at, at + 4))
  await storage.state.write(height, chain.buckets, chain.meta)
  await storage.close()
  await writeFileAtomic(storageFiles(paths).lastSigned, encodeLastSigned(networkId, { height, round: 0 }))
}
