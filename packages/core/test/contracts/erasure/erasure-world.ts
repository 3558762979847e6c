import {
  type Account,
  type Anchoring,
  accounts,
  anchoringSchema,
  batchIdOf,
  cancelErasure,
  decideAccess,
  placeHold,
  recordIdOf,
  releaseHold,
  requestErasure,
  signReceipts,
  writeMemberOrder,
} from '../../../src/contracts/index.ts'
import { compareBytes, unwrap } from '../../../src/encoding/index.ts'
import { createReadView } from '../../../src/state/index.ts'
import { createWorld, fakeBytes, type Party, party, registerChart } from '../world.ts'

export const north = party('north')
export const south = party('south')
export const city = party('city')
export const institute = party('institute')
export const regulator = party('regulator')
export const MEMBERS = [north, south, city, institute]

export const codeOf = (outcome: { ok: boolean; code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)

/** A chart with two batches: three records of north's, two of south's. */
export const createErasureWorld = () => {
  const world = createWorld()
  const chart = registerChart(world, 'ada', north)
  const other = registerChart(world, 'bob', north)
  const view = () => createReadView(world.state)
  // The last transaction's effect stands at the id under which it was found.
  const anchor = (owner: Party, author: Party, batch: string, count: number): Uint8Array[] => {
    const batchId = batchIdOf(owner.id, author.id, fakeBytes(batch, 16))
    const anchoring: Anchoring = {
      chart: owner.id,
      batchId,
      nonce: fakeBytes(batch, 16),
      epoch: 0,
      anchors: Array.from({ length: count }, (_, index) => ({
        commitment: fakeBytes(`${batch}/c${index}`),
        ciphertextDigest: fakeBytes(`${batch}/d${index}`),
        envelopeDigest: fakeBytes(`${batch}/e${index}`),
      })),
    }
    unwrap(world.run('records.anchor', anchoringSchema, anchoring, author))
    return anchoring.anchors.map((_, index) => recordIdOf(batchId, index))
  }
  const records = anchor(chart, north, 'first', 3)
  const [foreign] = anchor(other, north, 'other', 1) as [Uint8Array]
  return {
    ...world,
    chart,
    other,
    records,
    foreign,
    view,
    anchor,
    admit(member: Party, role: 'regulator' | 'hospital') {
      const { signingKey, sealingKey } = member
      const account: Account = {
        ...{ role, status: 'active', sponsor: undefined, institutionName: 'new' },
        ...{ signingKey, sealingKey },
      }
      world.state.view.put(accounts, account, member.id)
      const present = [...MEMBERS.map(({ id }) => id), member.id]
      writeMemberOrder(world.state.view, present, world.context().height)
    },
    remove(member: Party) {
      const account = view().get(accounts, member.id)
      const suspended: Account | undefined = account && { ...account, status: 'suspended' }
      if (suspended) world.state.view.put(accounts, suspended, member.id)
      const rest = MEMBERS.map(({ id }) => id).filter((id) => compareBytes(id, member.id) !== 0)
      writeMemberOrder(world.state.view, rest, world.context().height)
    },
    request: (ids: readonly Uint8Array[], sender: Party = chart) =>
      world.run(
        requestErasure.kind,
        requestErasure.payload,
        { records: [...ids].sort(compareBytes) },
        sender,
      ),
    cancel: (erasureId: Uint8Array, sender: Party = chart) =>
      world.run(cancelErasure.kind, cancelErasure.payload, { erasureId }, sender),
    sign: (member: Party, ...erasures: Uint8Array[]) =>
      world.run(signReceipts.kind, signReceipts.payload, { erasures }, member),
    hold: (
      member: Party,
      ids: readonly Uint8Array[],
      reason: 'litigation' | 'retention-2y' | 'retention-6y' = 'litigation',
    ) =>
      world.run(
        placeHold.kind,
        placeHold.payload,
        {
          chart: chart.id,
          records: [...ids].sort(compareBytes),
          reason,
          documentDigest: fakeBytes('order'),
        },
        member,
      ),
    release: (holdId: Uint8Array, member: Party) =>
      world.run(releaseHold.kind, releaseHold.payload, { holdId }, member),
    decide: (recordId: Uint8Array, actor: Party = chart) =>
      decideAccess(view(), {
        actor: actor.id,
        chart: chart.id,
        recordId,
        purpose: 'TREAT',
        mode: 'read',
        timeMs: world.now(),
        scopeProof: undefined,
      }),
  }
}

export type ErasureWorld = ReturnType<typeof createErasureWorld>
