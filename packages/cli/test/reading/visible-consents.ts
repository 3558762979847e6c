import {
  base32FromBytes,
  envelopeDeliver,
  type GrantKeys,
  type Purpose,
  scopeDigestOf,
  sealGrant,
  unwrap,
} from '@medchain/core'
import fc from 'fast-check'
import type { Consent } from '../../../core/test/contracts/consent/reference-evaluator.ts'
import { grantOn, grantTerms, revokeOn, type TestChart } from '../../../node/test/requests/people.ts'
import { COMPARTMENTS_SHOWN, NORTH, type Scene, SOUTH } from './visible-scene.ts'

const HOUR_MS = 3_600_000

export const GRANTEES = ['doctor', 'nurse', 'south', 'north', 'colleague', 'scientist'] as const

export const arbitraryConsent = fc.record(
  {
    chart: fc.constantFrom(0, 1),
    grantee: fc.constantFrom('doctor' as const, 'doctor' as const, 'south' as const, ...GRANTEES),
    mode: fc.constantFrom('read' as const, 'read' as const, 'read-write' as const, 'write' as const),
    purposes: fc.subarray(['TREAT', 'HOPERAT', 'HPAYMT'], { minLength: 1 }),
    time: fc.constantFrom('now', 'now', 'now', 'over', 'later'),
    records: fc.option(fc.subarray([0, 1, 2], { minLength: 1 }), { nil: undefined, freq: 2 }),
    isDeny: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    isRevoked: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  },
  { noNullPrototype: true },
)

export type DrawnConsent = typeof arbitraryConsent extends fc.Arbitrary<infer T> ? T : never

export interface GivenConsent {
  readonly consent: Consent
  readonly chart: number
  readonly grantId: Uint8Array
}

const partyOf = ({ world, ...scene }: Scene, name: DrawnConsent['grantee']) => {
  const institutions = world.chain.institutions
  const at = name === 'north' || name === 'colleague' ? NORTH : SOUTH
  if (name === 'north' || name === 'south') {
    const { id, sealingKey } = institutions[at] as (typeof institutions)[number]
    return { id, sealingKey }
  }
  const { id, inception } = scene[name]
  return { id, sealingKey: inception?.sealingKey as Uint8Array }
}

/** Hands over the keys of a grant as the patient's client does: of listed records, or of the chart. */
const deliver = async (
  { world, charts, records }: Scene,
  drawn: DrawnConsent,
  grantee: ReturnType<typeof partyOf>,
  { grantId, listed }: { readonly grantId: Uint8Array; readonly listed: readonly Uint8Array[] | undefined },
): Promise<void> => {
  const chart = charts[drawn.chart] as TestChart
  const k1Of = (recordId: Uint8Array) =>
    records.find((record) => record.recordId.join() === recordId.join())?.k1 as Uint8Array
  const keys: GrantKeys = listed
    ? { type: 'records', keys: listed.map((recordId) => ({ recordId, k1: k1Of(recordId) })) }
    : drawn.mode === 'write'
      ? { type: 'records', keys: [] }
      : { type: 'epoch', epochSecret: chart.epochSecret }
  const compartment = COMPARTMENTS_SHOWN[drawn.chart] as (typeof COMPARTMENTS_SHOWN)[number]
  const place = { grantId, chart: chart.id, epoch: 0, person: chart.person, compartment }
  const context = { networkId: world.chain.networkId, grantee: grantee.id }
  const sealed = unwrap(await sealGrant(grantee.sealingKey, context, { ...place, keys }))
  unwrap(await world.ask(SOUTH, chart, envelopeDeliver, { grantee: grantee.id, grantId, sealed }))
}

/** Gives one consent by its transaction, with its keys, and revokes it where it is drawn so. */
export const giveConsent = async (scene: Scene, drawn: DrawnConsent): Promise<GivenConsent> => {
  const { world, charts, records } = scene
  const chart = charts[drawn.chart] as TestChart
  const grantee = partyOf(scene, drawn.grantee)
  const now = world.clock.wallMs()
  const inChart = records.filter((record) => record.chart === drawn.chart).map(({ recordId }) => recordId)
  const listed =
    drawn.isDeny || drawn.mode === 'write' ? undefined : drawn.records?.map((at) => inChart[at] as Uint8Array)
  const fromMs = drawn.time === 'later' ? now + HOUR_MS : now - 1000
  const untilMs = drawn.time === 'over' ? now + 10_000 : now + 50 * HOUR_MS
  const { grantId } = await grantOn(
    world,
    chart,
    grantTerms(world, grantee.id, {
      mode: drawn.mode,
      purposes: drawn.purposes as Purpose[],
      fromMs,
      untilMs,
      isDeny: drawn.isDeny,
      scopeDigest: listed && scopeDigestOf(listed),
    }),
  )
  if (!drawn.isDeny && ['north', 'colleague'].includes(drawn.grantee)) scene.namedToNorth.add(drawn.chart)
  if (!drawn.isDeny) await deliver(scene, drawn, grantee, { grantId, listed })
  if (drawn.isRevoked) await revokeOn(world, chart, grantId)
  const consent = { ...drawn, fromMs, untilMs, records: listed?.map(base32FromBytes), broker: undefined }
  return { consent, chart: drawn.chart, grantId }
}

/** Leaves the charts as they were before. */
export const takeBack = async ({ world, charts }: Scene, given: readonly GivenConsent[]): Promise<void> => {
  for (const { chart, grantId, consent } of given)
    if (!consent.isRevoked) await revokeOn(world, charts[chart] as TestChart, grantId)
}
