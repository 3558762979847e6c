import {
  type AuditEntry,
  anchorAudit,
  auditEntryHash,
  auditHeadSchema,
  auditHeads,
  createStateTree,
  encode,
  stateProofSchema,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { ChartAnswers } from '../../src/audit/collected-audit.ts'
import type { CollectedLog } from '../../src/audit/collected-log.ts'
import { logFile } from '../../src/audit/log-files.ts'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import type { TestNode } from '../requests/consortium.ts'
import { transactionOf } from '../requests/people.ts'
import {
  type AuditScene,
  anchorAll,
  busyNode,
  collect,
  createScene,
  decoded,
  gapsOf,
  logOf,
  readAndAnchor,
  readOnce,
  rechained,
  replaced,
  tagOf,
  withPast,
} from './audit-scene.ts'

const test = suite<AuditScene>('lying nodes')

test.before.each(async (scene) => {
  Object.assign(scene, await createScene())
  for (let turn = 0; turn < 3; turn++) await readAndAnchor(scene)
})
test.after.each(({ world }) => world.close())

/** The gaps must name the liar and nobody else, with one of the kinds expected. */
const expectNamed = (
  gaps: readonly (readonly [string, number])[],
  liar: number,
  kinds: readonly string[],
) => {
  ok(gaps.length > 0, 'nothing was found')
  ok(
    gaps.every(([, index]) => index === liar),
    `others are accused: ${JSON.stringify(gaps)}`,
  )
  ok(
    gaps.some(([code]) => kinds.includes(code)),
    `${JSON.stringify(gaps)} has none of ${kinds.join()}`,
  )
}

/** Lies that a node tells with its answer alone. */
const LIES: readonly {
  readonly lie: string
  readonly tell: (log: CollectedLog) => CollectedLog | { readonly code: string }
  readonly kinds: readonly string[]
}[] = [
  {
    lie: 'drops its last entry',
    tell: (log) => ({ ...log, entries: log.entries.slice(0, -1), count: log.count - 1 }),
    kinds: ['audit.altered'],
  },
  {
    lie: 'drops its last entry, yet tells how many there are',
    tell: (log) => ({ ...log, entries: log.entries.slice(0, -1) }),
    kinds: ['audit.thinned'],
  },
  {
    lie: 'drops one from the middle',
    tell: (log) => ({ ...log, entries: log.entries.filter((_, index) => index !== 1) }),
    kinds: ['audit.thinned'],
  },
  {
    lie: 'drops one from the middle and renumbers',
    tell: (log) => ({
      ...log,
      entries: rechained(decoded(log).filter((_, index) => index !== 1)),
      count: log.count - 1,
    }),
    kinds: ['audit.altered'],
  },
  {
    lie: 'drops the whole chart',
    tell: (log) => ({ ...log, entries: [], count: 0 }),
    kinds: ['audit.thinned'],
  },
  {
    lie: 'drops the whole chart and its proof',
    tell: (log) => ({ ...log, entries: [], count: 0, proof: undefined }),
    kinds: ['audit.unproven'],
  },
  {
    lie: 'alters a field and keeps the hashes',
    tell: (log) => ({
      ...log,
      entries: log.entries.map((bytes, index) =>
        index === 0
          ? (rechained([{ ...(decoded(log)[0] as AuditEntry), code: 'consent.none' }])[0] as Uint8Array)
          : bytes,
      ),
    }),
    kinds: ['audit.altered'],
  },
  {
    lie: 'rewrites what was permitted and chains anew',
    tell: (log) => ({
      ...log,
      entries: rechained(
        decoded(log).map((entry) => ({ ...entry, permitted: [], refused: entry.permitted })),
      ),
    }),
    kinds: ['audit.altered'],
  },
  {
    lie: 'rewrites the purpose',
    tell: (log) => ({
      ...log,
      entries: rechained(decoded(log).map((entry) => ({ ...entry, purpose: 'HPAYMT' as const }))),
    }),
    kinds: ['audit.forged'],
  },
  {
    lie: 'invents a signature',
    tell: (log) => ({
      ...log,
      entries: rechained(decoded(log).map((entry) => ({ ...entry, signature: new Uint8Array(64) }))),
    }),
    kinds: ['audit.forged'],
  },
  {
    lie: 'names a key of its own',
    tell: (log) => ({
      ...log,
      entries: rechained(decoded(log).map((entry) => ({ ...entry, signingKey: new Uint8Array(32).fill(1) }))),
    }),
    kinds: ['audit.forged'],
  },
  { lie: 'keeps its proof back', tell: (log) => ({ ...log, proof: undefined }), kinds: ['audit.unproven'] },
  {
    lie: 'anchors and then withholds',
    tell: () => ({ code: 'audit.not-ready' }),
    kinds: ['audit.withheld'],
  },
  {
    lie: 'answers nothing, which proves only that',
    tell: () => ({ code: 'network.unreachable' }),
    kinds: ['node.unreachable'],
  },
]

for (const { lie, tell, kinds } of LIES) {
  test(`a node that ${lie} is named`, async (scene) => {
    const answers = await collect(scene)
    const liar = busyNode(answers)
    const gaps = gapsOf(scene, replaced(answers, liar, { answer: tell(logOf(answers, liar)) }))
    expectNamed(gaps, liar, kinds)
  })
}

test('a node that shows an older head is named', async (scene) => {
  const old = await collect(scene)
  await readAndAnchor(scene)
  const answers = await collect(scene)
  const liar = busyNode(old)
  const { answer, past } = old.nodes[liar] as ChartAnswers['nodes'][number]
  expectNamed(gapsOf(scene, replaced(answers, liar, { answer, past })), liar, ['audit.unproven'])
})

test('what a node showed long ago is no audit of now, whatever is told of when it was asked', async (scene) => {
  const old = await collect(scene)
  const { world } = scene
  await readAndAnchor(scene)
  world.clock.advance(2 * 60 * 60 * 1000)
  world.chain.beat()
  const answers = await collect(scene)
  const liar = busyNode(old)
  const none = { entries: [], count: 0, anchor: undefined, proof: undefined }
  for (const change of [old.nodes[liar], { newestBefore: 0, answer: none, past: [] }]) {
    const gaps = gapsOf(scene, replaced(answers, liar, change ?? {}))
    expectNamed(gaps, liar, ['audit.unproven'])
  }
})

test('an entry that names one record twice in the place of another is forged', async (scene) => {
  const answers = await collect(scene)
  const liar = busyNode(answers)
  const log = logOf(answers, liar)
  const entries = rechained(
    decoded(log).map((entry) => {
      const [first] = entry.permitted
      return first ? { ...entry, permitted: [first, first] } : entry
    }),
  )
  const gaps = gapsOf(scene, replaced(answers, liar, { answer: { ...log, entries } }))
  expectNamed(gaps, liar, ['audit.forged'])
})

test('a node that never anchors is named, with how long it has not', async (scene) => {
  const { world, chart } = scene
  await anchorAll(scene)
  const before = world.nodes.map(({ privacy }) => privacy.audit.log.heads.head(chart.id).sequence)
  await readOnce(scene)
  const liar = world.nodes.findIndex(
    ({ privacy }, index) => privacy.audit.log.heads.head(chart.id).sequence > (before[index] ?? 0),
  )
  const honest = world.nodes.filter((_, index) => index !== liar)
  for (const { privacy } of honest) await privacy.anchorNow()
  // The liar's own anchorings go nowhere.
  const node = world.nodes[liar] as TestNode
  const submit = world.chain.submit
  Object.assign(world.chain, {
    submit: async (bytes: Uint8Array) =>
      Buffer.from(bytes).includes(Buffer.from(node.institution.id)) &&
      Buffer.from(bytes).includes(anchorAudit.kind)
        ? { ok: false, code: 'network.timeout', message: 'swallowed' }
        : submit(bytes),
  })
  world.clock.advance(91_000)
  world.chain.beat()
  const impatient = setInterval(() => world.clock.advance(100), 5)
  const answers = await collect(scene)
  clearInterval(impatient)
  const gaps = gapsOf(scene, answers)
  expectNamed(gaps, liar, ['audit.unanchored'])
})

/** A node that forks its own log: it chains anew without some entries, and anchors that. */
const reanchored = async (
  scene: AuditScene,
  answers: ChartAnswers,
  liar: number,
  keep: (entry: AuditEntry, index: number) => boolean,
): Promise<ChartAnswers> => {
  const { world } = scene
  const node = world.nodes[liar] as TestNode
  const entries = rechained(decoded(logOf(answers, liar)).filter(keep))
  const last = decoded({ ...logOf(answers, liar), entries }).at(-1) as AuditEntry
  const tag = tagOf(scene, node)
  const tree = createStateTree({ readBucket: () => [] }, [])
  const head = { sequence: last.sequence, head: auditEntryHash(last) }
  const value = encode(auditHeadSchema, head)
  tree.install(tree.deltaOf(new Map([['tag', { key: tag, value }]])))
  const view = () => world.chain.head().view
  const sequence = (view().get(auditHeads, node.institution.id)?.sequence ?? 0) + 1
  const anchoring = { sequence, root: tree.root() }
  const transaction = transactionOf(world, node.institution, anchorAudit.kind, anchorAudit.payload, anchoring)
  unwrap(await world.chain.submit(transaction))
  const anchor = view().get(auditHeads, node.institution.id)
  return replaced(answers, liar, {
    newestBefore: sequence,
    answer: {
      entries,
      count: entries.length,
      anchor: anchor && encode(auditHeads.schema, anchor),
      proof: encode(stateProofSchema, tree.prove(tag)),
    },
    past: [],
  })
}

test('a node that forks its log and anchors it anew is told by its earlier anchors', async (scene) => {
  const answers = await collect(scene)
  const liar = busyNode(answers)
  for (const dropped of [0, 1, 2]) {
    const lying = await reanchored(scene, answers, liar, (_, index) => index !== dropped)
    const silent = gapsOf(scene, lying).filter(([code]) => code !== 'audit.leg-missing')
    expectNamed(silent, liar, ['audit.unproven'])
    const speaking = gapsOf(scene, await withPast(scene, lying)).filter(
      ([code]) => code !== 'audit.leg-missing',
    )
    expectNamed(speaking, liar, ['audit.altered', 'audit.unproven'])
  }
})

test('a holder that served without logging is an open question that names it', async (scene) => {
  const { world, chart, doctor, recordIds } = scene
  const liar = busyNode(await collect(scene))
  const { log } = (world.nodes[liar] as TestNode).privacy.audit
  const { append } = log
  Object.assign(log, { append: async () => ({ ok: true, value: undefined }) })
  equal(outcomes(await read(world, { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) })), [
    'one',
    'two',
  ])
  Object.assign(log, { append })
  await anchorAll(scene)
  equal(gapsOf(scene, await collect(scene)), [['audit.leg-missing', liar]])
})

test('a node that starts on an old log serves nothing and shows nothing', async (scene) => {
  const { world, chart } = scene
  const answers = await collect(scene)
  const liar = busyNode(answers)
  const node = world.nodes[liar] as TestNode
  const { readFile, writeFile } = await import('node:fs/promises')
  const file = logFile(`${node.folder}/audit`, 1)
  const old = await readFile(file)
  await readAndAnchor(scene)
  await node.privacy.close()
  await writeFile(file, old)
  await world.restart(liar).catch(() => undefined)
  is(node.privacy.audit.log.heads.head(chart.id).sequence > 0, true)
  ok(!node.privacy.audit.isReady().ok)
  const gaps = gapsOf(scene, await collect(scene))
  expectNamed(gaps, liar, ['audit.unproven', 'audit.withheld', 'audit.altered'])
})

test.run()
