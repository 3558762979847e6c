import { mkdir, writeFile } from 'node:fs/promises'
import {
  createOverlay,
  decode,
  decodeTransaction,
  type EvidenceRecord,
  evidenceEntries,
  evidenceSubmissionSchema,
  genesisChanges,
  hexFromBytes,
  institutionIdOf,
  networkIdOf,
  ok,
  pendingChange,
  type Result,
  refuse,
  skippedProposers,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import { ok as assert, equal, is } from 'uvu/assert'
import type { NodeServices } from '../../src/api/index.ts'
import { createGenesis, memberFromKeys, nodePaths } from '../../src/config/index.ts'
import { generateNodeKeys } from '../../src/config/node-keys.ts'
import { createLogger } from '../../src/logger.ts'
import { createMembership } from '../../src/membership/index.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { createSigner } from '../../src/replica/index.ts'
import { storageFiles } from '../../src/storage/index.ts'
import { inFolder } from '../storage/made-chain.ts'

const keys = Array.from({ length: 4 }, generateNodeKeys)
const made = keys.map((own, index) =>
  memberFromKeys(own, { name: `h${index}`, role: 'hospital', addresses: [], isValidator: true }),
)
const genesis = unwrap(createGenesis(made, { name: 'made', timeMs: 1000 }))
const self = institutionIdOf(made[0]!)
const other = institutionIdOf(made[1]!)

const record = (height: number): EvidenceRecord => ({
  height,
  round: 0,
  kind: 'prepare',
  institution: other,
  first: { message: Uint8Array.of(1), signature: new Uint8Array(64) },
  second: { message: Uint8Array.of(2), signature: new Uint8Array(64) },
})

/** A node whose chain says what the test makes it say; `submitted` are the transactions that it sent. */
const withNode = (
  f: (scene: Awaited<ReturnType<typeof startNode>>) => Promise<void>,
  lines = '',
): Promise<void> =>
  inFolder(async (home) => {
    const scene = await startNode(home, lines)
    try {
      await f(scene)
    } finally {
      await scene.room.close()
    }
  })

const startNode = async (home: string, lines: string) => {
  const paths = nodePaths(home)
  await mkdir(paths.wal, { recursive: true })
  if (lines) await writeFile(storageFiles(paths).evidence, lines)
  const state = createOverlay({ read: () => undefined })
  state.absorb(genesisChanges(genesis))
  const status = {
    headTimeMs: 100_000,
    syncing: false,
    abstaining: undefined as string | undefined,
    skipped: [],
    protocol: { version: 1, supported: [1], next: undefined as object | undefined },
  }
  const submitted: { kind: string; payload: Uint8Array }[] = []
  const logged: string[] = []
  const scene = { nowMs: 0, answer: ok({}) as Result<unknown> }
  let onCommitted = (): void => undefined
  let onEvidence = (_: EvidenceRecord): void => undefined
  const services = {
    paths,
    genesis,
    keys: keys[0]!,
    config: { isValidator: true },
    networkId: networkIdOf(genesis),
    institution: self,
    signer: createSigner(keys[0]!.signingSeed),
    clock: { now: () => scene.nowMs, wallMs: () => 100_000 },
    logger: createLogger({ level: 'info', write: (line) => void logged.push(line), isTerminal: false }),
    metrics: createMetrics(),
    ledger: {
      status: () => status,
      view: () => state.view,
      submit: async (bytes: Uint8Array) => {
        const { kind, payload } = unwrap(decodeTransaction(bytes)).body
        submitted.push({ kind, payload })
        return scene.answer
      },
      onCommitted: (listener: () => void) => {
        onCommitted = listener
        return () => undefined
      },
      onEvidence: (listener: (record: EvidenceRecord) => void) => {
        onEvidence = listener
        return () => undefined
      },
    },
  } as unknown as NodeServices
  const room = await createMembership(services)
  return {
    room,
    view: state.view,
    status,
    scene,
    logged,
    kinds: () => submitted.map(({ kind }) => kind),
    submitted,
    meet: (each: EvidenceRecord) => onEvidence(each),
    /** A block is committed, and what it sets going is over. */
    commit: async () => {
      onCommitted()
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    },
  }
}

const asCandidate = {
  type: 'candidate',
  proposal: new Uint8Array(32),
  institution: self,
  lapsesHeight: 100,
} as const
const passedOver = (seenAtMs: number | undefined, strikes = 3) => [
  { institution: self, strikes, markedAtMs: 99_000, untilMs: 103_000, seenAtMs },
]

test('a candidate says that it is ready once it is in sync', () =>
  withNode(async ({ view, status, kinds, commit, logged }) => {
    await commit()
    equal(kinds(), [])
    view.put(pendingChange, asCandidate)
    status.syncing = true
    await commit()
    status.syncing = false
    status.abstaining = 'What this validator signed before is lost.'
    await commit()
    equal(kinds(), [])
    assert(logged.some((line) => line.includes('catching up')))
    status.abstaining = undefined
    await commit()
    equal(kinds(), ['validator.ready'])
  }))

test('a word that the chain does not take is said again after a pause', () =>
  withNode(async ({ view, scene, kinds, commit }) => {
    view.put(pendingChange, asCandidate)
    scene.answer = refuse('governance.no-live-quorum', 'Not now.')
    for (const nowMs of [0, 500, 1900]) {
      scene.nowMs = nowMs
      await commit()
    }
    equal(kinds().length, 1)
    scene.nowMs = 2000
    await commit()
    equal(kinds().length, 2)
  }))

test('a candidate that is somebody else is no reason to speak', () =>
  withNode(async ({ view, kinds, commit }) => {
    view.put(pendingChange, { ...asCandidate, institution: other })
    await commit()
    equal(kinds(), [])
  }))

test('a validator that is passed over says that it is back, not more often than the chain takes', () =>
  withNode(async ({ view, scene, kinds, commit }) => {
    view.put(skippedProposers, passedOver(97_000))
    await commit()
    equal(kinds(), [])
    view.put(skippedProposers, passedOver(95_000))
    await commit()
    equal(kinds(), ['validator.ready'])
    scene.nowMs = 5000
    view.put(skippedProposers, [{ ...passedOver(undefined)[0]!, untilMs: 100_500 }])
    await commit()
    equal(kinds().length, 1)
  }))

test('evidence that the replica meets is presented once', () =>
  withNode(async ({ scene, submitted, kinds, meet, commit }) => {
    scene.answer = refuse('node.busy', 'The node has too much to do.')
    meet(record(7))
    meet(record(7))
    await commit()
    scene.answer = ok({})
    await commit()
    await commit()
    equal(kinds(), ['governance.evidence', 'governance.evidence'])
    const payload = unwrap(decode(evidenceSubmissionSchema, submitted[1]!.payload))
    equal(hexFromBytes(payload.institution), hexFromBytes(other))
    is(payload.kind, 'prepare')
  }))

test('what another institution presented, and what the rules refuse, is not presented again', () =>
  withNode(async ({ view, scene, kinds, meet, commit }) => {
    const entry = { height: 7, round: 0, kind: 'prepare' as const, reportedAtMs: 1, txId: self }
    view.put(evidenceEntries, [{ ...entry, reporter: other }], other)
    meet(record(7))
    await commit()
    equal(kinds(), [])
    meet(record(8))
    scene.answer = refuse('evidence.no-contradiction', 'The two messages do not contradict each other.')
    await commit()
    await commit()
    equal(kinds(), ['governance.evidence'])
  }))

test('evidence of a run before is read from its file, a torn line aside', async () => {
  const hex = (byte: number, length: number): string => hexFromBytes(new Uint8Array(length).fill(byte))
  const signed = (byte: number) => ({ message: hex(byte, 8), signature: hex(byte, 64) })
  const line = JSON.stringify({
    ...{ height: 5, round: 1, kind: 'commit', institution: hexFromBytes(other) },
    ...{ first: signed(1), second: signed(2) },
  })
  await withNode(
    async ({ kinds, submitted, commit }) => {
      await commit()
      await commit()
      equal(kinds(), ['governance.evidence'])
      const payload = unwrap(decode(evidenceSubmissionSchema, submitted[0]!.payload))
      equal(hexFromBytes(payload.second.message), hex(2, 8))
    },
    `${line}\n${line.slice(0, 90)}`,
  )
})

test('a protocol version that the software does not know is told once, before it comes', () =>
  withNode(async ({ status, logged, commit }) => {
    status.protocol.next = { version: 2, fromHeight: 900 }
    await commit()
    await commit()
    const told = logged.filter((line) => line.includes('protocol.unsupported'))
    equal(told.length, 1)
    assert(told[0]?.includes('900'))
  }))

test.run()
