import {
  accounts,
  closeEmergency,
  declareEmergency,
  decode,
  disclosureHash,
  disclosureMessage,
  type EmergencyDeclaration,
  type EmergencyDetails,
  emergencyCustodiansOf,
  emergencyDescribe,
  emergencyDetailsDigest,
  emergencyIdOf,
  emergencyKeepShares,
  emergencyShare,
  emergencyThreshold,
  encodeDisclosureStatement,
  type FiledNote,
  filedMessage,
  hexFromBytes,
  ok,
  openLeg,
  optOut,
  possibleCustodians,
  prepareShares,
  type ReleasedShare,
  type Result,
  releasedSharesSchema,
  type SharesPreparation,
  sealEmergencyShare,
  splitSecret,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { type Consortium, createConsortium, type TestActor } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart, transactionOf } from '../requests/people.ts'

export const codeOf = (result: { ok: boolean; code?: string }): string =>
  result.ok ? 'ok' : (result.code as string)

/** A share request that is otherwise as it should be. */
export interface ShareAsk {
  readonly actor: TestActor
  readonly chart: TestChart
  /** Place of the custodian. */
  readonly at: number
  readonly sign?: TestActor['sign']
  readonly purpose?: 'BTG' | 'TREAT'
  readonly minHeight?: number
  /** In place of the word of the doctor's institution that it keeps the text. */
  readonly filed?: FiledNote | undefined
}

export interface EmergencyWorld {
  readonly world: Consortium
  readonly doctor: TestActor
  readonly person: TestActor
  readonly chart: TestChart
  /** Splits the chart's secret, anchors the digests, and hands the shares over through node 0. */
  readonly prepare: (chart: TestChart) => Promise<{ set: SharesPreparation; shares: readonly Uint8Array[] }>
  readonly optOut: (chart: TestChart) => Promise<void>
  readonly declare: (
    by: TestActor,
    chart: TestChart,
    changes?: Partial<EmergencyDeclaration>,
  ) => Promise<{ code: string; id: Uint8Array; details: EmergencyDetails }>
  readonly describe: (by: TestActor, id: Uint8Array, details: EmergencyDetails) => Promise<string>
  /** Which emergency the doctor's institution speaks of where shares of the chart are asked for. */
  readonly noteFiled: (chart: Uint8Array, id: Uint8Array) => void
  readonly filedBy: (at: number, id: Uint8Array) => FiledNote
  readonly close: (by: TestActor, id: Uint8Array) => Promise<string>
  readonly askShare: (ask: ShareAsk) => Promise<Result<readonly ReleasedShare[]>>
}

/** Four institutions; a doctor at node 1; a patient of node 0 with two charts, of which the first is prepared. */
export const createEmergencyWorld = async (): Promise<EmergencyWorld> => {
  const world = await createConsortium()
  const { chain } = world
  const institutionAt = (at: number): Uint8Array =>
    (world.nodes[at] as Consortium['nodes'][number]).institution.id

  const prepare: EmergencyWorld['prepare'] = async (chart) => {
    const custodians = emergencyCustodiansOf(chart.id, 0, possibleCustodians(chain.head().view))
    const threshold = emergencyThreshold(custodians.length)
    const setId = nodeCiphers.randomBytes(32)
    const split = await splitSecret(chart.epochSecret, { setId, count: custodians.length, threshold })
    const set: SharesPreparation = {
      epoch: 0,
      setId,
      threshold,
      shares: custodians.map((institution, index) => ({
        institution,
        digest: split.set.digests[index] as Uint8Array,
      })),
    }
    const { height } = unwrap(
      await chain.submit(transactionOf(world, chart, prepareShares.kind, prepareShares.payload, set)),
    )
    const shares = await Promise.all(
      custodians.map(async (custodian, index) => {
        const place = { networkId: chain.networkId, chart: chart.id, epoch: 0, setId, custodian }
        const key = chain.head().view.get(accounts, custodian)?.sealingKey as Uint8Array
        const sealed = unwrap(await sealEmergencyShare(key, place, split.shares[index] as Uint8Array))
        return { institution: custodian, sealed }
      }),
    )
    unwrap(await world.ask(0, chart, emergencyKeepShares, { epoch: 0, setId, height, shares }))
    return { set, shares: split.shares }
  }

  const doctor = await enrolAt(world, 1, 'practitioner')
  const { person, charts } = await registerPatient(world, 0, ['general', 'laboratory'])
  const chart = charts[0] as TestChart
  await prepare(chart)

  const declared = new Map<string, Uint8Array>()
  const noteFiled = (of: Uint8Array, id: Uint8Array): void => void declared.set(hexFromBytes(of), id)
  const filedBy = (at: number, id: Uint8Array): FiledNote => {
    const { institution } = world.nodes[at] as Consortium['nodes'][number]
    return { institution: institution.id, signature: institution.sign(filedMessage(chain.networkId, id)) }
  }

  return {
    world,
    noteFiled,
    filedBy,
    doctor,
    person,
    chart,
    prepare,
    async optOut(of) {
      unwrap(await chain.submit(transactionOf(world, of, optOut.kind, optOut.payload, {})))
    },
    async declare(by, of, changes = {}) {
      const details: EmergencyDetails = {
        salt: nodeCiphers.randomBytes(32),
        setId: nodeCiphers.randomBytes(16),
        person: of.person,
        compartment: 'general',
        text: 'found unconscious',
        site: 'ambulance 7',
      }
      const payload: EmergencyDeclaration = {
        chart: of.id,
        nonce: nodeCiphers.randomBytes(16),
        reason: 'unconscious',
        detailsDigest: emergencyDetailsDigest(details),
        durationMs: 3_600_000,
        coSigner: undefined,
        ...changes,
      }
      const transaction = transactionOf(world, by, declareEmergency.kind, declareEmergency.payload, payload)
      const id = emergencyIdOf(by.id, of.id, payload.nonce)
      const code = codeOf(await chain.submit(transaction))
      if (code === 'ok') noteFiled(of.id, id)
      return { code, id, details }
    },
    async describe(by, id, details) {
      const own = codeOf(await world.ask(1, by, emergencyDescribe, { id, details }))
      return own === 'ok' ? codeOf(await world.ask(1, by, emergencyDescribe, { id, details }, 0)) : own
    },
    close: async (by, id) =>
      codeOf(
        await chain.submit(transactionOf(world, by, closeEmergency.kind, closeEmergency.payload, { id })),
      ),
    async askShare({ actor, chart: of, at, sign = actor.sign, purpose = 'BTG', minHeight, ...more }) {
      const known = declared.get(hexFromBytes(of.id))
      const filed = 'filed' in more ? more.filed : known && filedBy(1, known)
      const responseSecret = nodeCiphers.randomBytes(32)
      const statement = encodeDisclosureStatement({
        version: 1,
        networkId: chain.networkId,
        actor: actor.id,
        chart: of.id,
        kind: 'share',
        recordIds: [],
        purpose,
        grantId: undefined,
        scopeProofs: [],
        servingNode: institutionAt(1),
        ciphertextHolder: institutionAt(at),
        releaseHolder: institutionAt(at),
        minHeight: minHeight ?? chain.head().height,
        nonce: nodeCiphers.randomBytes(16),
        timeMs: world.clock.wallMs(),
        responseKey: nodeCiphers.x25519Public(responseSecret),
      })
      const signed = { statement, signature: sign(disclosureMessage(statement)) }
      const answer = await world.ask(1, actor, emergencyShare, { signed, filed }, at)
      if (!answer.ok) return answer
      const place = { networkId: chain.networkId, statementHash: disclosureHash(statement) }
      const content = await openLeg(responseSecret, place, answer.value)
      if (!content.ok) return content
      const shares = decode(releasedSharesSchema, content.value)
      return shares.ok ? ok(shares.value) : shares
    },
  }
}
