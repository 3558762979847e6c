import {
  accountIdFromInception,
  accounts,
  type ChartRegistration,
  type Compartment,
  type CoSigned,
  chartIdOf,
  chartRegistrationSchema,
  encode,
  encodeTransaction,
  enrol,
  type GrantTerms,
  giveGrant,
  grantIdOf,
  type PersonRole,
  registerAccount,
  registerCharts,
  revokeGrant,
  type Schema,
  transactionId,
  transactionMessage,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { until } from '../network/network-world.ts'
import type { TestActor, World } from './consortium.ts'

export interface TestPerson extends TestActor {
  readonly sealingSecret: Uint8Array
}

export interface TestChart extends TestActor {
  /** The patient's id. */
  readonly person: Uint8Array
  readonly epochSecret: Uint8Array
  readonly epochKey: Uint8Array
}

const signer = (seed: Uint8Array) => (message: Uint8Array) => nodeCiphers.ed25519Sign(seed, message)

/** Keys of someone who is not on the chain yet. */
export const createPerson = (): TestPerson => {
  const seed = nodeCiphers.randomBytes(32)
  const sealingSecret = nodeCiphers.randomBytes(32)
  const inception = {
    signingKey: nodeCiphers.ed25519Public(seed),
    sealingKey: nodeCiphers.x25519Public(sealingSecret),
    salt: nodeCiphers.randomBytes(32),
  }
  return { id: accountIdFromInception(inception), inception, sign: signer(seed), sealingSecret }
}

const bodyOf = <T>(
  { chain, clock }: World,
  sender: Uint8Array,
  kind: string,
  schema: Schema<T>,
  payload: T,
) => ({
  version: 1,
  networkId: chain.networkId,
  sender,
  expiryMs: clock.wallMs() + 5 * 60_000,
  salt: nodeCiphers.randomBytes(16),
  kind,
  payload: encode(schema, payload),
})

const coSignedBy = (actor: TestActor, body: CoSigned['body']): CoSigned => ({
  body,
  signer: actor.id,
  signature: actor.sign(transactionMessage(transactionId(body))),
})

/** A transaction of one signer, encoded. */
export const transactionOf = <T>(
  world: World,
  sender: TestActor,
  kind: string,
  schema: Schema<T>,
  payload: T,
) => {
  const { body, signature } = coSignedBy(sender, bodyOf(world, sender.id, kind, schema, payload))
  return encodeTransaction({ body, signatures: [{ signer: sender.id, signature }] })
}

/** Enrols a new account at node `at`. */
export const enrolAt = async (
  world: World,
  at: number,
  role: PersonRole,
  token?: string,
): Promise<TestPerson> => {
  const person = createPerson()
  const { id } = (world.nodes[at] as World['nodes'][number]).institution
  const payload = { role, ...(person.inception as NonNullable<TestPerson['inception']>) }
  const enrolment = coSignedBy(person, bodyOf(world, id, enrol.kind, enrol.payload, payload))
  unwrap(await world.ask(at, person, registerAccount, { enrolment, token }))
  // The node that enrolled may be a block ahead of the one that the test looks through.
  await until(
    'the account is on the chain',
    () => world.chain.head().view.get(accounts, person.id) !== undefined,
  )
  return person
}

/** Terms whose id is set once their chart is known. */
export const grantTerms = (
  world: World,
  grantee: Uint8Array,
  more: Partial<GrantTerms> = {},
): GrantTerms => ({
  grantId: new Uint8Array(32),
  grantee,
  mode: 'read',
  purposes: ['TREAT'],
  fromMs: world.clock.wallMs() - 1000,
  untilMs: world.clock.wallMs() + 365 * 86_400_000,
  scopeDigest: undefined,
  termsDigest: nodeCiphers.randomBytes(32),
  broker: undefined,
  isDeny: false,
  ...more,
})

export const termsFor = (chart: Uint8Array, terms: GrantTerms): GrantTerms => ({
  ...terms,
  grantId: grantIdOf(chart, terms.termsDigest),
})

const createChart = (
  person: Uint8Array,
  firstGrant: GrantTerms | undefined,
): { chart: TestChart; registration: ChartRegistration } => {
  const seed = nodeCiphers.randomBytes(32)
  const epochSecret = nodeCiphers.randomBytes(32)
  const epochKey = nodeCiphers.x25519Public(epochSecret)
  const registration = {
    controllerKey: nodeCiphers.ed25519Public(seed),
    epochKey,
    salt: nodeCiphers.randomBytes(32),
    firstGrant,
  }
  const id = chartIdOf(registration)
  return {
    chart: { id, person, sign: signer(seed), epochSecret, epochKey },
    registration: { ...registration, firstGrant: firstGrant && termsFor(id, firstGrant) },
  }
}

/** Registers a patient's charts at node `at`, which may write to them. */
export const registerPatient = async (
  world: World,
  at: number,
  compartments: readonly Compartment[],
  token?: string,
) => {
  const person = createPerson()
  const { id } = (world.nodes[at] as World['nodes'][number]).institution
  const made = compartments.map((compartment) => ({
    compartment,
    ...createChart(person.id, grantTerms(world, id, { mode: 'write' })),
  }))
  const registrations = made.map(({ compartment, chart, registration }) => {
    const body = bodyOf(world, id, 'identity.register-chart', chartRegistrationSchema, registration)
    return { compartment, registration: coSignedBy(chart, body) }
  })
  unwrap(await world.ask(at, person, registerCharts, { charts: registrations, token }))
  const charts: readonly TestChart[] = made.map(({ chart }) => chart)
  return { person, charts, registrations }
}

export const grantOn = async (world: World, chart: TestChart, plan: GrantTerms): Promise<GrantTerms> => {
  const terms = termsFor(chart.id, plan)
  unwrap(await world.chain.submit(transactionOf(world, chart, giveGrant.kind, giveGrant.payload, terms)))
  return terms
}

export const revokeOn = async (world: World, chart: TestChart, grantId: Uint8Array): Promise<void> => {
  const transaction = transactionOf(world, chart, revokeGrant.kind, revokeGrant.payload, { grantId })
  unwrap(await world.chain.submit(transaction))
}
