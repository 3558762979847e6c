import {
  type Account,
  type Anchoring,
  accounts,
  anchoringSchema,
  type BlockContext,
  type Committed,
  type ContractEvent,
  createOverlay,
  createReadView,
  DEFAULT_PARAMETERS,
  decode,
  equalBytes,
  executeTransaction,
  type Genesis,
  type GenesisMember,
  genesisChanges,
  hexFromBytes,
  institutionIdOf,
  institutionsIn,
  networkIdOf,
  ok,
  pendingFromBytes,
  type RecordAnchor,
  type Result,
  refuse,
  unwrap,
  writeMemberOrder,
} from '@medchain/core'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import type { ChainPort } from '../../src/requests/ports.ts'
import type { TestClock } from './test-clock.ts'

export interface TestInstitution {
  readonly id: Uint8Array
  readonly signingSeed: Uint8Array
  readonly sealingSecret: Uint8Array
  readonly sealingKey: Uint8Array
  readonly importSecret: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

const NAMES = ['North Hospital', 'South Hospital', 'City Laboratory', 'Research Institute'] as const
const ROLES = ['hospital', 'hospital', 'laboratory', 'research'] as const

const memberOf = (index: number): { member: GenesisMember; institution: TestInstitution } => {
  const signingSeed = nodeCiphers.randomBytes(32)
  const sealingSecret = nodeCiphers.randomBytes(32)
  const member: GenesisMember = {
    name: NAMES[index] ?? `Hospital ${index}`,
    role: ROLES[index] ?? 'hospital',
    signingKey: nodeCiphers.ed25519Public(signingSeed),
    sealingKey: nodeCiphers.x25519Public(sealingSecret),
    salt: nodeCiphers.randomBytes(32),
    votingKey: nodeCiphers.randomBytes(32),
    nodeKey: nodeCiphers.randomBytes(32),
    addresses: [],
    isValidator: true,
  }
  const { sealingKey } = member
  const importSecret = nodeCiphers.randomBytes(32)
  const sign = (message: Uint8Array) => nodeCiphers.ed25519Sign(signingSeed, message)
  return {
    member,
    institution: { id: institutionIdOf(member), signingSeed, sealingSecret, sealingKey, importSecret, sign },
  }
}

/** A chain in memory: one block for each transaction that is good, at once. */
export interface MemoryChain extends ChainPort {
  /** The anchors of a committed batch as its block has them. */
  readonly anchorsOf: (batchId: Uint8Array) => Promise<readonly RecordAnchor[] | undefined>
  readonly institutions: readonly TestInstitution[]
  /** Calls back with the events of each block that has any. */
  readonly onEvents: (listener: (events: readonly ContractEvent[]) => void) => () => void
  /** Raw value under a state key. */
  readonly read: (key: Uint8Array) => Uint8Array | undefined
  /** A block without transactions. */
  readonly beat: () => void
  /** A block after which the institution is no member, as a vote would have it. */
  readonly remove: (institution: Uint8Array) => void
  /** While false, nothing submitted is committed. */
  isCommitting: boolean
}

export const createMemoryChain = (clock: TestClock, members = 4): MemoryChain => {
  const founded = Array.from({ length: members }, (_, index) => memberOf(index))
  const genesis: Genesis = {
    version: 1,
    name: 'test',
    timeMs: clock.wallMs(),
    members: founded.map(({ member }) => member),
    parameters: DEFAULT_PARAMETERS,
  }
  const networkId = networkIdOf(genesis)
  const state = createOverlay({ read: () => undefined })
  state.absorb(genesisChanges(genesis))
  const listeners = new Set<(events: readonly ContractEvent[]) => void>()
  const eventListeners = new Set<(events: readonly ContractEvent[]) => void>()
  const anchors = new Map<string, readonly RecordAnchor[]>()
  const committed = new Map<string, Committed>()
  let height = 0
  let timeMs = clock.wallMs()

  const nextContext = (): BlockContext => ({
    networkId,
    height: height + 1,
    timeMs: Math.max(timeMs + 1, clock.wallMs()),
    parameters: DEFAULT_PARAMETERS,
  })
  const close = (context: BlockContext, events: readonly ContractEvent[] = []): void => {
    height = context.height
    timeMs = context.timeMs
    for (const listener of listeners) listener(events)
  }
  const noteAnchors = (payload: Uint8Array): void => {
    const anchoring: Anchoring = unwrap(decode(anchoringSchema, payload))
    anchors.set(hexFromBytes(anchoring.batchId), anchoring.anchors)
  }

  const chain: MemoryChain = {
    networkId,
    institutions: founded.map(({ institution }) => institution),
    isCommitting: true,
    read: (key) => state.read(key),
    head: () => ({ height, timeMs, view: createReadView(state) }),
    async submit(transaction): Promise<Result<Committed>> {
      if (!chain.isCommitting) return refuse('network.timeout', 'not committed in time')
      const pending = pendingFromBytes(transaction)
      if (!pending.ok) return pending
      const txId = hexFromBytes(pending.value.txId)
      const known = committed.get(txId)
      if (known) return ok(known)
      const context = nextContext()
      const outcome = executeTransaction(pending.value, state, context, signatureVerifier)
      if (!outcome.ok) return outcome
      state.absorb(outcome.value.changes)
      const { kind, payload } = pending.value.transaction.body
      if (kind === 'records.anchor') noteAnchors(payload)
      close(context, outcome.value.events)
      for (const listener of eventListeners) listener(outcome.value.events)
      const done = { txId: pending.value.txId, height }
      committed.set(txId, done)
      return ok(done)
    },
    onCommitted(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onEvents(listener) {
      eventListeners.add(listener)
      return () => void eventListeners.delete(listener)
    },
    anchorsOf: async (batchId) => anchors.get(hexFromBytes(batchId)),
    beat: () => close(nextContext()),
    remove(institution) {
      const { view } = state
      const account = view.get(accounts, institution)
      const suspended: Account | undefined = account && { ...account, status: 'suspended' }
      if (suspended) view.put(accounts, suspended, institution)
      const rest = institutionsIn(view).filter((id) => !equalBytes(id, institution))
      writeMemberOrder(view, rest, height + 1)
      close(nextContext())
    },
  }
  if (!chain.head().view.get(accounts, (founded[0] as (typeof founded)[number]).institution.id))
    throw new Error('genesis')
  return chain
}
