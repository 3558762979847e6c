import { createHash } from 'node:crypto'
import { type GrantTerms, grantIdOf } from '../../src/access/index.ts'
import {
  type BlockContext,
  type ChartRegistration,
  chartIdOf,
  chartRegistrationSchema,
  executeTransaction,
  genesisChanges,
  pendingFromBytes,
  type TransactionOutcome,
} from '../../src/contracts/index.ts'
import {
  compareBytes,
  encode,
  equalBytes,
  type Result,
  type Schema,
  unwrap,
} from '../../src/encoding/index.ts'
import { accountIdFromInception } from '../../src/identity/index.ts'
import { DEFAULT_PARAMETERS, encodeTransaction, type Genesis, networkIdOf } from '../../src/ledger/index.ts'
import { createOverlay } from '../../src/state/index.ts'

/** 32 bytes that stand for `name`. */
export const fakeBytes = (name: string, length = 32): Uint8Array =>
  Uint8Array.from(createHash('sha512').update(name).digest().subarray(0, length))

export interface Party {
  readonly id: Uint8Array
  readonly signingKey: Uint8Array
  readonly sealingKey: Uint8Array
  readonly salt: Uint8Array
}

export const party = (name: string): Party => {
  const keys = {
    signingKey: fakeBytes(`${name}/sign`),
    sealingKey: fakeBytes(`${name}/seal`),
    salt: fakeBytes(`${name}/salt`),
  }
  return { ...keys, id: accountIdFromInception(keys) }
}

// A model signature: 32 bytes of the key, 32 of the message's hash. Nobody here forges one.
export const modelSign = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  Uint8Array.from([...key, ...createHash('sha256').update(message).digest()])

const verifier = {
  verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
    equalBytes(signature, modelSign(key, message)),
}

const genesis: Genesis = {
  version: 1,
  name: 'test',
  timeMs: 1000,
  members: ['north', 'south', 'city', 'institute'].map((name) => ({
    ...party(name),
    name,
    role: name === 'institute' ? ('research' as const) : ('hospital' as const),
    votingKey: fakeBytes(`${name}/vote`),
    nodeKey: fakeBytes(`${name}/node`),
    addresses: [],
    isValidator: true,
  })),
  parameters: DEFAULT_PARAMETERS,
}

type State = ReturnType<typeof createOverlay>

/** A state over which single transactions run, one per block. */
export const createWorld = () => {
  const state = createOverlay({ read: () => undefined })
  state.absorb(genesisChanges(genesis))
  return worldOn(state, 1, 10_000)
}

const worldOn = (state: State, startHeight: number, startMs: number): World => {
  const networkId = networkIdOf(genesis)
  let height = startHeight
  let timeMs = startMs
  const context = (): BlockContext => ({ networkId, height, timeMs, parameters: DEFAULT_PARAMETERS })
  const run = <T>(
    kind: string,
    schema: Schema<T>,
    payload: T,
    sender: Party,
    ...alsoSigning: Party[]
  ): Result<TransactionOutcome> => {
    const body = {
      version: 1,
      networkId,
      sender: sender.id,
      expiryMs: timeMs + 60_000,
      salt: fakeBytes(`${height}`, 16),
      kind,
      payload: encode(schema, payload),
    }
    const unsigned = unwrap(
      pendingFromBytes(
        encodeTransaction({ body, signatures: [{ signer: sender.id, signature: new Uint8Array(64) }] }),
      ),
    )
    const prefixed = Uint8Array.from(
      Buffer.concat([Buffer.from([24]), Buffer.from('medchain/tx-signature/1'), unsigned.txId]),
    )
    prefixed[0] = 'medchain/tx-signature/1'.length
    const signatures = [sender, ...alsoSigning]
      .map((signer) => ({ signer: signer.id, signature: modelSign(signer.signingKey, prefixed) }))
      .sort((a, b) => compareBytes(a.signer, b.signer))
    const pending = unwrap(pendingFromBytes(encodeTransaction({ body, signatures })))
    const outcome = executeTransaction(pending, state, context(), verifier)
    if (outcome.ok) state.absorb(outcome.value.changes)
    height += 1
    timeMs += 1000
    return outcome
  }
  const advance = (ms: number): void => {
    timeMs += ms
  }
  /** The same state for a course of its own: nothing of it comes back. */
  const fork = (): World => worldOn(createOverlay(state), height, timeMs)
  return { state, run, context, advance, now: () => timeMs, fork }
}

export interface World {
  readonly state: State
  readonly run: <T>(
    kind: string,
    schema: Schema<T>,
    payload: T,
    sender: Party,
    ...alsoSigning: Party[]
  ) => Result<TransactionOutcome>
  readonly context: () => BlockContext
  readonly advance: (ms: number) => void
  readonly now: () => number
  readonly fork: () => World
}

export const terms = (
  world: World,
  name: string,
  chart: Uint8Array,
  grantee: Party,
  changes: Partial<GrantTerms> = {},
): GrantTerms => ({
  grantId: grantIdOf(chart, fakeBytes(`terms/${name}`)),
  grantee: grantee.id,
  mode: 'read',
  purposes: ['TREAT'],
  fromMs: world.now(),
  untilMs: world.now() + 3_600_000,
  scopeDigest: undefined,
  termsDigest: fakeBytes(`terms/${name}`),
  broker: undefined,
  isDeny: false,
  ...changes,
})

/** A chart that `sponsor` registered, with write access for it. */
export const registerChart = (world: World, name: string, sponsor: Party): Party => {
  const keys = party(name)
  const { signingKey: controllerKey, sealingKey: epochKey, salt } = keys
  const chart = { ...keys, id: chartIdOf({ controllerKey, epochKey, salt }) }
  const firstGrant = terms(world, `${name}/first`, chart.id, sponsor, { mode: 'write' })
  const registration: ChartRegistration = { controllerKey, epochKey, salt, firstGrant }
  unwrap(world.run('identity.register-chart', chartRegistrationSchema, registration, sponsor, chart))
  return chart
}
