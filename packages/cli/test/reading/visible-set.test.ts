// timeout: 600s
// The same visible set through showing, listing, paging, counting, exporting and querying, for random consents.
import type { PersonRole } from '@medchain/core'
import fc from 'fast-check'
import { suite } from 'uvu'
import { is } from 'uvu/assert'
import { isLongRun } from '../../../../test/long.ts'
import { type Asker, mayRead } from '../../../core/test/contracts/consent/reference-evaluator.ts'
import { createResearchWorld, type ResearchWorld } from '../../../node/test/research/research-world.ts'
import {
  arbitraryConsent,
  type DrawnConsent,
  type GivenConsent,
  giveConsent,
  takeBack,
} from './visible-consents.ts'
import { createReader } from './visible-reader.ts'
import { createScene, type Fate, NORTH, type Scene, type SceneRecord, SOUTH } from './visible-scene.ts'

const RUNS = Number(process.env['MEDCHAIN_PROPERTY_RUNS'] ?? (isLongRun ? 2000 : 250))
/** Configurations that share a patient, and patients that share a chain: either grows with what was asked before. */
const RUNS_PER_PATIENT = 16
const PATIENTS_PER_CHAIN = 6
const HOUR_MS = 3_600_000

const FATES: readonly Fate[] = [
  { superseded: [], erased: [] },
  { superseded: ['a1', 'l1'], erased: [] },
  { superseded: ['l0', 'a0'], erased: ['l2'] },
  { superseded: [], erased: ['a2', 'd0'] },
]

interface Configuration {
  readonly consents: readonly DrawnConsent[]
  readonly asker: 'doctor' | 'colleague' | 'scientist'
  readonly purpose: 'TREAT' | 'HOPERAT'
  /** Records a page. */
  readonly limit: number
  /** Whether superseded records are listed too. */
  readonly isAll: boolean
  /** Position of the record that is shown by itself. */
  readonly shown: number
}

const arbitraryConfiguration: fc.Arbitrary<Configuration> = fc.record(
  {
    consents: fc.array(arbitraryConsent, { maxLength: 5 }),
    asker: fc.constantFrom(
      'doctor' as const,
      'doctor' as const,
      'doctor' as const,
      'colleague' as const,
      'scientist' as const,
    ),
    purpose: fc.constantFrom('TREAT' as const, 'HOPERAT' as const, 'HOPERAT' as const),
    limit: fc.integer({ min: 2, max: 5 }),
    isAll: fc.boolean(),
    shown: fc.integer({ min: 0, max: 6 }),
  },
  { noNullPrototype: true },
)

const ASKERS: Readonly<Record<Configuration['asker'], Asker>> = {
  doctor: { name: 'doctor', institution: 'south', role: 'practitioner' },
  colleague: { name: 'colleague', institution: 'north', role: 'practitioner' },
  scientist: { name: 'scientist', institution: 'south', role: 'researcher' },
}
const HOSPITAL: Asker = { name: 'south', institution: 'south', role: 'institution' }

/** What the reference evaluator says that the asker may see, superseded records among it. */
const expectedOf = (
  { world, records, erased }: Scene,
  given: readonly GivenConsent[],
  purpose: string,
  asker: Asker,
): readonly SceneRecord[] => {
  const timeMs = world.clock.wallMs()
  return records.filter(({ id, name, author, chart }) => {
    const consents = given.filter((each) => each.chart === chart).map(({ consent }) => consent)
    return !erased.has(name) && mayRead(consents, asker, { record: id, author, purpose, timeMs })
  })
}

const namesOf = (records: readonly SceneRecord[]): string =>
  records
    .map(({ name }) => name)
    .sort()
    .join(' ')

/** Holds what every command shows to what the reference evaluator says. */
const checkSurfaces = async (
  scene: Scene,
  { asker, purpose, limit, isAll, shown }: Configuration,
  given: readonly GivenConsent[],
): Promise<void> => {
  const { world, charts, records, superseded } = scene
  const who = ASKERS[asker]
  const reader = createReader(
    { world, folder: world.folder },
    { via: who.institution === 'north' ? NORTH : SOUTH, person: scene[asker], role: who.role as PersonRole },
    { patient: charts[0]?.person as Uint8Array, query: scene.query },
  )
  const shows = (ids: readonly string[], expected: readonly SceneRecord[], how: string): void => {
    const found = ids.map((id) => records.find((record) => record.id === id || record.name === id))
    const [seen, wanted] = [namesOf(found as SceneRecord[]), namesOf(expected)]
    is(seen, wanted, `${asker}: ${how} for ${purpose} gives “${seen}” and not “${wanted}”`)
  }
  // The staff of an institution that the patient is not registered with knows the charts that grants name to it.
  const isKnown = ({ chart }: SceneRecord) => asker !== 'colleague' || scene.namedToNorth.has(chart)
  const readable = expectedOf(scene, given, purpose, who)
  const visible = readable.filter(isKnown)
  const current = visible.filter(({ name }) => !superseded.has(name))
  const listable = isAll ? visible : current
  const listed = await reader.list(purpose, limit, isAll)
  shows(listed.ids, listable, 'listing')
  const pages = listable.length === 0 ? listed.pages : Math.ceil(listable.length / limit)
  is(listed.pages, pages, 'pages tell of nothing that is hidden')
  shows(await reader.export(purpose), current, 'exporting')
  const one = records[shown] as SceneRecord
  is(await reader.show(one.id, purpose), readable.includes(one), `showing ${one.name} for ${purpose}`)
  if (purpose !== 'HOPERAT') return
  const hospital = expectedOf(scene, given, purpose, HOSPITAL)
  // A query is over the charts of one's own institution's directory, by its staff.
  const both = asker === 'doctor' ? current.filter((record) => hospital.includes(record)) : []
  is(await reader.count(), both.length, 'counting')
  shows(await reader.query(limit), both, 'querying, page by page')
}

const check = async (scene: Scene, configuration: Configuration): Promise<void> => {
  const given: GivenConsent[] = []
  try {
    for (const consent of configuration.consents) given.push(await giveConsent(scene, consent))
    scene.world.clock.advance(20_000)
    scene.world.chain.beat()
    await checkSurfaces(scene, configuration, given)
  } finally {
    await takeBack(scene, given)
  }
}

/** A patient for so many configurations, on a chain for so many patients. */
const createScenes = () => {
  let world: ResearchWorld | undefined
  let scene: Scene | undefined
  let runs = 0
  return {
    async next(): Promise<Scene> {
      const patients = Math.floor(runs / RUNS_PER_PATIENT)
      if (runs % (RUNS_PER_PATIENT * PATIENTS_PER_CHAIN) === 0) {
        await world?.close()
        world = await createResearchWorld({ anchorMs: HOUR_MS })
      }
      if (runs % RUNS_PER_PATIENT === 0)
        scene = await createScene(world as ResearchWorld, FATES[patients % FATES.length] as Fate)
      runs += 1
      return scene as Scene
    },
    close: async () => world?.close(),
  }
}

/** Chains that are asked side by side: while one waits for its disk or its ciphers, the others go on. */
const LANES = 4

interface Context {
  readonly lanes: readonly ReturnType<typeof createScenes>[]
}

const test = suite<Context>('one visible set')
test.before((context) => {
  Object.assign(context, { lanes: Array.from({ length: LANES }, createScenes) })
})
test.after(async ({ lanes }) => {
  for (const lane of lanes) await lane.close()
})

test('showing, listing, paging, counting, exporting and querying show the same', async ({ lanes }) => {
  const started = performance.now()
  const arbitrary = fc.array(arbitraryConfiguration, { minLength: LANES, maxLength: LANES })
  const run = async (drawn: readonly Configuration[]): Promise<void> => {
    const ended = await Promise.allSettled(
      lanes.map(async (lane, index) => check(await lane.next(), drawn[index] as Configuration)),
    )
    for (const each of ended) if (each.status === 'rejected') throw each.reason
  }
  const numRuns = Math.ceil(RUNS / LANES)
  await fc.assert(fc.asyncProperty(arbitrary, run), { numRuns, includeErrorInReport: true })
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(`${numRuns * LANES} configurations through every surface in ${seconds.toFixed(1)} s\n`)
})

const ONE: DrawnConsent = {
  chart: 0,
  grantee: 'doctor',
  mode: 'read',
  purposes: ['TREAT'],
  time: 'now',
  records: undefined,
  isDeny: false,
  isRevoked: false,
}

const USUAL = { asker: 'doctor', purpose: 'TREAT', limit: 2, isAll: false, shown: 0 } as const

/** Configurations one after another on the charts of one patient. */
const sequence = async (lanes: Context['lanes'], configurations: readonly Partial<Configuration>[]) => {
  const scene = await (lanes[0] as (typeof lanes)[number]).next()
  for (const each of configurations) await check(scene, { ...USUAL, consents: [], ...each })
}

// Elsewhere consent was asked for on the first page and in single reads, and skipped on page two and in bulk.
test('consent holds on page two and in a bulk export (as it did not in HAPI’s bulk and paging)', ({
  lanes,
}) =>
  sequence(lanes, [
    { consents: [ONE] },
    { consents: [ONE, { ...ONE, isDeny: true }] },
    { consents: [{ ...ONE, records: [1] }] },
  ]))

// HAPI: a Bundle’s total counted what an interceptor had hidden from its entries.
test('no total betrays a hidden record', ({ lanes }) => {
  const one: DrawnConsent = { ...ONE, chart: 1, grantee: 'south', purposes: ['HOPERAT'], records: [2] }
  const all = { ...one, records: undefined }
  return sequence(lanes, [
    { purpose: 'HOPERAT', consents: [one] },
    { purpose: 'HOPERAT', consents: [all, { ...all, isDeny: true, grantee: 'doctor' }] },
  ])
})

test('a list of one’s own that has ended hides nothing that the institution’s list shows', ({ lanes }) => {
  const listed: DrawnConsent = { ...ONE, records: [0, 1] }
  const ended: DrawnConsent = { ...listed, isRevoked: true }
  return sequence(lanes, [{ consents: [ended, { ...listed, grantee: 'south', records: [1] }], limit: 5 }])
})

test('what is listed for the institution hides nothing from a researcher with a grant of one’s own', ({
  lanes,
}) =>
  sequence(lanes, [
    {
      asker: 'scientist',
      consents: [
        { ...ONE, grantee: 'scientist' },
        { ...ONE, grantee: 'south', records: [1] },
      ],
    },
  ]))

test('staff find what was granted to their institution by the patient’s name', ({ lanes }) =>
  sequence(lanes, [{ asker: 'colleague', consents: [{ ...ONE, grantee: 'north', chart: 1 }] }]))

test.run()
