import {
  CANCEL_MS,
  cancelErasure,
  compareBytes,
  erasureOfRecord,
  erasureStateIn,
  type ImportBatch,
  importBatch,
  placeHold,
  recordIdOf,
  requestErasure,
  unwrap,
} from '@medchain/core'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestActor, untilHandedOver } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart, transactionOf } from '../requests/people.ts'

export interface Erasing {
  readonly world: Consortium
  readonly doctor: TestActor
  readonly chart: TestChart
  readonly batch: ImportBatch
  readonly ids: readonly Uint8Array[]
  /** Asks for the destruction of these; the erasure's id. */
  readonly request: (ids: readonly Uint8Array[]) => Promise<Uint8Array>
  readonly cancel: (erasureId: Uint8Array) => Promise<void>
  /** The author's institution holds them. */
  readonly hold: (ids: readonly Uint8Array[]) => Promise<void>
  /** Passes the 72 hours and lets a block see it. */
  readonly pass: () => void
  /** Every node destroys and signs, but those that are down. */
  readonly run: () => Promise<void>
  readonly state: (erasureId: Uint8Array) => string
}

/** Three imported records of one chart, with all their holders. */
export const createErasing = async (): Promise<Erasing> => {
  const world = await createConsortium()
  const doctor = await enrolAt(world, 0, 'practitioner')
  const chart = (await registerPatient(world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(world, 0, doctor, chart, ['one', 'two', 'three'].map(recordOf))
  unwrap(await world.ask(0, doctor, importBatch, batch))
  await untilHandedOver(world, 0)
  const north = {
    id: world.chain.institutions[0]?.id as Uint8Array,
    sign: world.chain.institutions[0]?.sign as TestActor['sign'],
  }
  const sorted = (ids: readonly Uint8Array[]) => [...ids].sort(compareBytes)
  const submit = async (transaction: Uint8Array) => void unwrap(await world.chain.submit(transaction))
  return {
    world,
    doctor,
    chart,
    batch,
    ids: batch.envelopes.map((_, position) => recordIdOf(batch.batchId, position)),
    async request(ids) {
      const { kind, payload } = requestErasure
      await submit(transactionOf(world, chart, kind, payload, { records: sorted(ids) }))
      return erasureOfRecord(world.chain.head().view, ids[0] as Uint8Array)?.id as Uint8Array
    },
    cancel: (erasureId) =>
      submit(transactionOf(world, chart, cancelErasure.kind, cancelErasure.payload, { erasureId })),
    hold: (ids) =>
      submit(
        transactionOf(world, north, placeHold.kind, placeHold.payload, {
          chart: chart.id,
          records: sorted(ids),
          reason: 'litigation',
          documentDigest: new Uint8Array(32),
        }),
      ),
    pass() {
      world.clock.advance(CANCEL_MS + 60_000)
      world.chain.beat()
    },
    async run() {
      for (const [index, node] of world.nodes.entries())
        if (!world.down.has(index)) await node.privacy.eraser.run()
    },
    state(erasureId) {
      const { view, timeMs } = world.chain.head()
      return erasureStateIn(view, erasureId, timeMs)?.state ?? 'none'
    },
  }
}
