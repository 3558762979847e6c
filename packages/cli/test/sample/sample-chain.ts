import {
  type ChangeSet,
  type Committed,
  createOverlay,
  createReadView,
  createStateTree,
  DEFAULT_PARAMETERS,
  executeTransaction,
  type Genesis,
  genesisChanges,
  type Handover,
  hexFromBytes,
  institutionIdOf,
  networkIdOf,
  ok,
  pendingFromBytes,
  type ReadView,
  type Result,
  type StateProof,
  validatorsOf,
} from '@medchain/core'
import { nodeCiphers, signatureVerifier } from '@medchain/node'
import { type SampleHead, type SampleVoters, sampleHead } from './sample-head.ts'

/** The contracts of the real chain on a state in memory: every transaction is a block of its own. */
export interface SampleChain {
  readonly genesis: Genesis
  readonly networkId: Uint8Array
  /** Block time in ms. */
  readonly now: () => number
  /** Account id and signing seed of the institution whose node this is. */
  readonly institution: { readonly id: Uint8Array; readonly seed: Uint8Array }
  readonly view: ReadView
  readonly height: () => number
  /** A state entry with what a client needs to believe it. */
  readonly prove: (key: Uint8Array) => SampleHead & { value: Uint8Array | undefined; proof: StateProof }
  /** Makes changes stand in the state, by no transaction. */
  readonly absorb: (changes: ChangeSet) => void
  readonly handovers: readonly Handover[]
  /** A block that hands the chain over to a set in which somebody new stands for the first validator. */
  readonly handOver: () => void
  readonly submit: (transaction: Uint8Array) => Result<Committed>
  /** The block in which a transaction stands alone. */
  readonly blockOf: (txId: Uint8Array) => (SampleHead & { readonly transaction: Uint8Array }) | undefined
}

/** Without transactions a block comes as seldom as this, as on a real chain. */
const HEARTBEAT_MS = 5000

const NAMES = ['north-hospital', 'south-hospital', 'city-laboratory', 'research-institute']

const createGenesis = (
  seeds: readonly Uint8Array[],
  votingSeeds: readonly Uint8Array[],
  timeMs: number,
): Genesis => ({
  version: 1,
  name: 'sample',
  timeMs,
  parameters: DEFAULT_PARAMETERS,
  members: NAMES.map((name, index) => ({
    name,
    role: 'hospital' as const,
    signingKey: nodeCiphers.ed25519Public(seeds[index] as Uint8Array),
    sealingKey: nodeCiphers.x25519Public(nodeCiphers.randomBytes(32)),
    salt: nodeCiphers.randomBytes(32),
    votingKey: nodeCiphers.ed25519Public(votingSeeds[index] as Uint8Array),
    nodeKey: nodeCiphers.ed25519Public(nodeCiphers.randomBytes(32)),
    addresses: [],
    isValidator: true,
  })),
})

/** A network with the seeds of its members, in the order of the genesis document. */
export interface Founders {
  readonly genesis: Genesis
  readonly seeds: readonly Uint8Array[]
  readonly votingSeeds: readonly Uint8Array[]
}

const createFounders = (timeMs: number): Founders => {
  const seeds = NAMES.map(() => nodeCiphers.randomBytes(32))
  const votingSeeds = NAMES.map(() => nodeCiphers.randomBytes(32))
  return { seeds, votingSeeds, genesis: createGenesis(seeds, votingSeeds, timeMs) }
}

export const createSampleChain = (
  now: () => number,
  { genesis, seeds, votingSeeds }: Founders = createFounders(now() - 1000),
): SampleChain => {
  const networkId = networkIdOf(genesis)
  const state = createOverlay({ read: () => undefined })
  const tree = createStateTree({ readBucket: () => [] }, [])
  const absorb = (changes: ChangeSet): void => {
    state.absorb(changes)
    tree.install(tree.deltaOf(changes))
  }
  absorb(genesisChanges(genesis))
  let height = 0
  let voters: SampleVoters = { validators: validatorsOf(genesis), votingSeeds }
  const handovers: Handover[] = []
  const times = new Map<number, number>()
  const transactionsAt = new Map<number, readonly Uint8Array[]>()
  const blocks = new Map<string, SampleHead & { readonly transaction: Uint8Array }>()
  /** A height has one time; when much has passed, there was another block. */
  const placeNow = () => {
    if (now() - (times.get(height) ?? now()) > HEARTBEAT_MS) height++
    const timeMs = times.get(height) ?? Math.max(now(), (times.get(height - 1) ?? 0) + 1)
    times.set(height, timeMs)
    return { networkId, stateRoot: tree.root(), height, timeMs }
  }
  let signed: { readonly of: string; readonly head: SampleHead } | undefined
  /** Signed once for each height and state. */
  const headNow = (): SampleHead => {
    const place = placeNow()
    const of = `${place.height} ${hexFromBytes(place.stateRoot)}`
    const transactions = transactionsAt.get(place.height)
    if (signed?.of !== of)
      signed = { of, head: sampleHead({ ...place, ...(transactions && { transactions }) }, voters) }
    return signed.head
  }
  return {
    genesis,
    now,
    handovers,
    handOver: () => {
      const seed = nodeCiphers.randomBytes(32)
      const newcomer = {
        institution: nodeCiphers.randomBytes(32),
        votingKey: nodeCiphers.ed25519Public(seed),
      }
      const next = [...voters.validators.slice(1), newcomer]
      height++
      handovers.push({ ...sampleHead(placeNow(), { ...voters, next }), validators: next })
      voters = { validators: next, votingSeeds: [...voters.votingSeeds.slice(1), seed] }
      height++
    },
    networkId,
    institution: { id: institutionIdOf(genesis.members[0]!), seed: seeds[0]! },
    view: createReadView(state),
    height: () => height,
    absorb,
    prove: (key) => {
      const head = headNow()
      return { ...head, value: tree.read(key), proof: tree.prove(key) }
    },
    blockOf: (txId) => blocks.get(hexFromBytes(txId)),
    submit: (bytes) => {
      const pending = pendingFromBytes(bytes)
      if (!pending.ok) return pending
      const context = { networkId, height: height + 1, timeMs: now(), parameters: DEFAULT_PARAMETERS }
      const outcome = executeTransaction(pending.value, state, context, signatureVerifier)
      if (!outcome.ok) return outcome
      absorb(outcome.value.changes)
      height++
      transactionsAt.set(height, [bytes])
      const head = sampleHead({ ...placeNow(), transactions: [bytes] }, voters)
      blocks.set(hexFromBytes(pending.value.txId), { ...head, transaction: bytes })
      return ok({ txId: pending.value.txId, height })
    },
  }
}
