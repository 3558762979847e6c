import {
  base32FromBytes,
  bytesFromText,
  CANCEL_MS,
  type Compartment,
  compareBytes,
  type ImportBatch,
  importBatch,
  requestErasure,
  type SupersededRecord,
  supersedeRecords,
  unwrap,
} from '@medchain/core'
import { epochKeys, read } from '../../../node/test/disclosure/reading.ts'
import { recordOf, sealFor } from '../../../node/test/requests/batches.ts'
import { type TestActor, untilHandedOver } from '../../../node/test/requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  type TestChart,
  type TestPerson,
  transactionOf,
} from '../../../node/test/requests/people.ts'
import type { ResearchWorld } from '../../../node/test/research/research-world.ts'
import { idsOf } from './visible-ids.ts'

export const NORTH = 0
export const SOUTH = 1
export const COMPARTMENTS_SHOWN: readonly Compartment[] = ['general', 'laboratory']

export interface SceneRecord {
  readonly id: string
  readonly recordId: Uint8Array
  /** Id of the resource in it. */
  readonly name: string
  readonly k1: Uint8Array
  readonly chart: number
  /** Institution that wrote it. */
  readonly author: string
}

/** One patient of South with two charts and seven records of two authors, and the staff that may ask for them. */
export interface Scene {
  readonly world: ResearchWorld
  readonly doctor: TestPerson
  readonly nurse: TestPerson
  readonly colleague: TestPerson
  readonly scientist: TestPerson
  readonly charts: readonly TestChart[]
  readonly records: readonly SceneRecord[]
  /** Charts that a grant named to North's colleague or institution, whatever became of it. */
  readonly namedToNorth: Set<number>
  /** Finds the patient's conditions and nobody else's. */
  readonly query: string
  /** Names of records that their author replaced or withdrew. */
  readonly superseded: ReadonlySet<string>
  /** Names of records that the patient had erased. */
  readonly erased: ReadonlySet<string>
}

/** What became of records before anybody asks for them. */
export interface Fate {
  readonly superseded: readonly string[]
  readonly erased: readonly string[]
}

const conditionOf = (id: string, code: string): Uint8Array =>
  bytesFromText(
    JSON.stringify({ resourceType: 'Condition', id, code: { coding: [{ system: 'http://s', code }] } }),
  )

const write = async (
  world: ResearchWorld,
  at: number,
  by: TestActor,
  {
    charts,
    chart,
    names,
    code,
  }: { charts: readonly TestChart[]; chart: number; names: readonly string[]; code: string },
): Promise<readonly SceneRecord[]> => {
  const own = charts[chart] as TestChart
  const items = names.map((name) => ({ ...recordOf(name), bytes: conditionOf(name, code) }))
  const batch: ImportBatch = await sealFor(world, at, by, own, items)
  unwrap(await world.ask(at, by, importBatch, batch))
  await untilHandedOver(world, at)
  const recordIds = idsOf(batch.batchId, names.length)
  const owning = { via: SOUTH, actor: own, chart: own, recordIds, keys: epochKeys(own) }
  const readings = await read(world, { ...owning, kind: 'list', purpose: 'PATRQT' })
  return readings.map(({ recordId, result }) => {
    const { header, k1 } = unwrap(result)
    const author = at === NORTH ? 'north' : 'south'
    return { id: base32FromBytes(recordId), recordId, name: header.title, k1, chart, author }
  })
}

const supersede = async (
  world: ResearchWorld,
  author: TestActor,
  { charts, records }: Pick<Scene, 'charts' | 'records'>,
  names: readonly string[],
): Promise<void> => {
  for (const { recordId, chart, name } of records.filter((record) => names.includes(record.name))) {
    const successor = records.find(
      (other) => other.chart === chart && other.author === 'north' && !names.includes(other.name),
    )
    // One is withdrawn, the others are replaced.
    const superseded: SupersededRecord = {
      recordId,
      successor: name === names[0] ? undefined : successor?.recordId,
    }
    const payload = { chart: (charts[chart] as TestChart).id, records: [superseded] }
    const transaction = transactionOf(world, author, supersedeRecords.kind, supersedeRecords.payload, payload)
    unwrap(await world.chain.submit(transaction))
  }
}

const erase = async (
  world: ResearchWorld,
  { charts, records }: Pick<Scene, 'charts' | 'records'>,
  names: readonly string[],
): Promise<void> => {
  if (names.length === 0) return
  for (const [index, chart] of charts.entries()) {
    const ids = records.filter((record) => record.chart === index && names.includes(record.name))
    if (ids.length === 0) continue
    const payload = { records: ids.map(({ recordId }) => recordId).sort(compareBytes) }
    const { kind, payload: schema } = requestErasure
    unwrap(await world.chain.submit(transactionOf(world, chart, kind, schema, payload)))
  }
  world.clock.advance(CANCEL_MS + 60_000)
  world.chain.beat()
  for (const { privacy } of world.nodes) await privacy.eraser.run()
}

let scenes = 0

export const createScene = async (world: ResearchWorld, fate: Fate): Promise<Scene> => {
  const author = await enrolAt(world, NORTH, 'practitioner')
  const colleague = await enrolAt(world, NORTH, 'practitioner')
  const doctor = await enrolAt(world, SOUTH, 'practitioner')
  const nurse = await enrolAt(world, SOUTH, 'practitioner')
  const scientist = await enrolAt(world, SOUTH, 'researcher')
  const { charts } = await registerPatient(world, SOUTH, COMPARTMENTS_SHOWN)
  for (const chart of charts) await grantOn(world, chart, grantTerms(world, author.id, { mode: 'write' }))
  const scene = scenes++
  const code = `c${scene}`
  const named = (names: readonly string[]) => names.map((name) => `${name}-${scene}`)
  const records = [
    ...(await write(world, NORTH, author, { charts, chart: 0, names: named(['a0', 'a1', 'a2']), code })),
    ...(await write(world, SOUTH, doctor, { charts, chart: 0, names: named(['d0']), code })),
    ...(await write(world, NORTH, author, { charts, chart: 1, names: named(['l0', 'l1', 'l2']), code })),
  ]
  await supersede(world, author, { charts, records }, named(fate.superseded))
  await erase(world, { charts, records }, named(fate.erased))
  return {
    world,
    ...{ doctor, nurse, colleague, scientist, charts, records },
    namedToNorth: new Set(),
    query: `Condition?code=${code}`,
    superseded: new Set(named(fate.superseded)),
    erased: new Set(named(fate.erased)),
  }
}
