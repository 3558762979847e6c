import {
  type Committed,
  createOverlay,
  createReadView,
  DEFAULT_PARAMETERS,
  executeTransaction,
  type Genesis,
  genesisChanges,
  institutionIdOf,
  networkIdOf,
  ok,
  pendingFromBytes,
  type ReadView,
  type Result,
} from '@medchain/core'
import { nodeCiphers, signatureVerifier } from '@medchain/node'

/** The contracts of the real chain on a state in memory: every transaction is a block of its own. */
export interface SampleChain {
  readonly genesis: Genesis
  readonly networkId: Uint8Array
  /** Account id and signing seed of the institution whose node this is. */
  readonly institution: { readonly id: Uint8Array; readonly seed: Uint8Array }
  readonly view: ReadView
  readonly height: () => number
  readonly submit: (transaction: Uint8Array) => Result<Committed>
}

const NAMES = ['north-hospital', 'south-hospital', 'city-laboratory', 'research-institute']

const createGenesis = (seeds: readonly Uint8Array[], timeMs: number): Genesis => ({
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
    votingKey: nodeCiphers.ed25519Public(nodeCiphers.randomBytes(32)),
    nodeKey: nodeCiphers.ed25519Public(nodeCiphers.randomBytes(32)),
    addresses: [],
    isValidator: true,
  })),
})

export const createSampleChain = (now: () => number): SampleChain => {
  const seeds = NAMES.map(() => nodeCiphers.randomBytes(32))
  const genesis = createGenesis(seeds, now() - 1000)
  const networkId = networkIdOf(genesis)
  const state = createOverlay({ read: () => undefined })
  state.absorb(genesisChanges(genesis))
  let height = 0
  return {
    genesis,
    networkId,
    institution: { id: institutionIdOf(genesis.members[0]!), seed: seeds[0]! },
    view: createReadView(state),
    height: () => height,
    submit: (bytes) => {
      const pending = pendingFromBytes(bytes)
      if (!pending.ok) return pending
      const context = { networkId, height: height + 1, timeMs: now(), parameters: DEFAULT_PARAMETERS }
      const outcome = executeTransaction(pending.value, state, context, signatureVerifier)
      if (!outcome.ok) return outcome
      state.absorb(outcome.value.changes)
      height++
      return ok({ txId: pending.value.txId, height })
    },
  }
}
