import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type Compartment,
  charts as chartTable,
  type EpochSecret,
  epochSecretsOf,
  type GrantTerms,
  giveGrant,
  hexFromBytes,
  type KeyringChart,
  openGrant,
  revokeGrant,
  type Schema,
  unwrap,
} from '@medchain/core'
import { createNodeClient, type NodeClient } from '../../src/client/node-client.ts'
import { createTransactionBody, signTransaction } from '../../src/client/signed-transaction.ts'
import { deliverKeys } from '../../src/commands/grant/deliver-keys.ts'
import { registerAccountOf } from '../../src/commands/register/register-account.ts'
import { registerChartsOf } from '../../src/commands/register/register-charts.ts'
import { chartActor } from '../../src/wallet/chart-keys.ts'
import { createTerms, type GrantPlan, inOneYear, startOfDay } from '../../src/wallet/grant-terms.ts'
import { createIdentity, type IdentityRole } from '../../src/wallet/identity.ts'
import { openKeyringStore } from '../../src/wallet/keyring-store.ts'
import { openWallet } from '../../src/wallet/open-wallet.ts'
import { actorOf, freshSecrets, inceptionOf } from '../../src/wallet/secrets.ts'
import type { Session } from '../../src/wallet/session.ts'
import type { OpenIdentity } from '../../src/wallet/wallet.ts'
import { createSampleChain } from '../sample/sample-chain.ts'
import { type SampleNode, startSampleNode } from '../sample/sample-node.ts'

export const createPerson = (name: string, role: IdentityRole): OpenIdentity => {
  const secrets = freshSecrets()
  const identity = createIdentity(name, role, inceptionOf(secrets))
  return { ...identity, secrets, actor: actorOf(identity, secrets) }
}

/** A patient with charts at a node over a chain in memory, at one or several machines; no passphrase is asked. */
export interface PatientBed {
  readonly node: SampleNode
  readonly warnings: string[]
  /** The patient as a command finds it that begins now on this machine. */
  readonly session: (machine?: string, client?: NodeClient) => Promise<Session>
  readonly client: () => NodeClient
  readonly enrol: (name: string) => Promise<OpenIdentity>
  readonly give: (session: Session, grantee: OpenIdentity, plan?: Partial<GrantPlan>) => Promise<GrantTerms>
  readonly revoke: (session: Session, grantId: Uint8Array) => Promise<void>
  /** Epochs that the newest envelope of a grant hands to its grantee. */
  readonly handed: (grantee: OpenIdentity, grantId: Uint8Array) => Promise<readonly EpochSecret[]>
  readonly epochOnChain: (session: Session) => number
  readonly now: { ms: number }
  readonly close: () => Promise<void>
}

export const COMPARTMENT: Compartment = 'laboratory'

export const chartOf = ({ keyring }: Session): KeyringChart =>
  keyring.current().charts.find(({ compartment }) => compartment === COMPARTMENT) as KeyringChart

export const createPatientBed = async ({ sponsorWrites = false } = {}): Promise<PatientBed> => {
  const now = { ms: Date.now() }
  const clock = () => now.ms
  const node = await startSampleNode(createSampleChain(clock))
  const folder = await mkdtemp(path.join(tmpdir(), 'medchain-rotating-'))
  const warnings: string[] = []
  const client = () => createNodeClient(node.url, clock)
  const patient = createPerson('maria', 'patient')

  const sessionOf = async (identity: OpenIdentity, machine: string, used: NodeClient): Promise<Session> => {
    const home = path.join(folder, machine)
    const wallet = openWallet({
      home,
      chosen: undefined,
      passphrase: () => Promise.reject(new Error('asked')),
    })
    const warn = (line: string) => void warnings.push(line)
    const keyring = await openKeyringStore(identity, { client: used, files: wallet.files, warn })
    return { identity, client: used, wallet, networkId: await used.networkId(), keyring, now: clock }
  }
  const session: PatientBed['session'] = async (machine = 'laptop', used = client()) => {
    const opened = await sessionOf(patient, machine, used)
    await opened.keyring.pull()
    return opened
  }
  const send = async <P>(
    { networkId, client: used }: Session,
    chart: KeyringChart,
    kind: string,
    schema: Schema<P>,
    payload: P,
  ) => {
    const body = createTransactionBody({
      networkId,
      sender: chart.chartId,
      kind,
      schema,
      payload,
      timeMs: now.ms,
    })
    await used.submit(signTransaction(body, [chartActor(chart)]), true)
  }
  const choices = { token: undefined, now: clock, givesWriteAccess: sponsorWrites }
  await registerChartsOf(await session(), choices)
  return {
    node,
    warnings,
    session,
    client,
    now,
    async enrol(name) {
      const person = createPerson(name, 'practitioner')
      await registerAccountOf(await sessionOf(person, name, client()), choices)
      return person
    },
    async give(opened, grantee, plan = {}) {
      const chart = chartOf(opened)
      const terms = createTerms(chart.chartId, {
        ...{
          grantee: grantee.id,
          mode: 'read',
          purposes: ['TREAT'],
          scopeDigest: undefined,
          broker: undefined,
        },
        ...{ fromMs: startOfDay(now.ms), untilMs: inOneYear(now.ms), isDeny: false },
        ...plan,
      })
      await send(opened, chart, giveGrant.kind, giveGrant.payload, terms)
      const { sealingKey } = grantee.inception
      const failed = await deliverKeys(opened, { ...grantee, sealingKey }, [{ chart, ...terms }])
      if (failed[0]) throw failed[0].error
      return terms
    },
    revoke: (opened, grantId) =>
      send(opened, chartOf(opened), revokeGrant.kind, revokeGrant.payload, { grantId }),
    async handed(grantee, grantId) {
      const context = { networkId: node.chain.networkId, grantee: grantee.id }
      const newest = node.kept.envelopes.findLast((envelope) => envelope.grantId === hexFromBytes(grantId))
      if (newest === undefined) return []
      return epochSecretsOf(unwrap(await openGrant(grantee.secrets.sealingSecret, context, newest.sealed)))
    },
    epochOnChain: (opened) => node.chain.view.get(chartTable, chartOf(opened).chartId)?.epoch ?? -1,
    async close() {
      await node.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
