import {
  ok as accepted,
  hexFromBytes,
  type Replica,
  type ReplicaEffect,
  type ReplicaInput,
  type ReplicaStatus,
  type Result,
  refuse,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { systemClock } from '../../src/clock.ts'
import { createLogger } from '../../src/logger.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import type { GossipHandler, Network, RequestHandler } from '../../src/network/port.ts'
import { createLedger } from '../../src/replica/index.ts'
import type { Storage } from '../../src/storage/index.ts'
import { makeTransaction } from './made-transaction.ts'

type Handle = (input: ReplicaInput) => readonly ReplicaEffect[]

/** A ledger whose replica is `handle`, and a list of what was done, in order. */
const createWorld = (handle: Handle) => {
  const done: string[] = []
  const pending = new Set<string>()
  const heights = new Map<string, number>()
  const slowly = async (name: string): Promise<void> => {
    done.push(`${name} begins`)
    await new Promise((resolve) => setTimeout(resolve, 5))
    done.push(`${name} is durable`)
  }
  const storage = {
    blocks: {
      headHeight: () => 0,
      readBlock: () => undefined,
      append: () => slowly('append'),
      close: async () => undefined,
    },
    state: { write: () => slowly('checkpoint') },
    transactions: {
      heightOf: (txId: Uint8Array) => heights.get(hexFromBytes(txId)),
      add: (height: number, txIds: readonly Uint8Array[]) => {
        for (const txId of txIds) heights.set(hexFromBytes(txId), height)
      },
      flush: async () => undefined,
    },
    wal: { found: undefined, append: () => slowly('wal'), cut: (size: number) => slowly(`wal to ${size}`) },
    lastSigned: { found: undefined, replace: () => slowly('last-signed') },
  } as unknown as Storage
  const handlers: { gossip?: GossipHandler; sync?: RequestHandler } = {}
  const network = {
    onPeer: () => undefined,
    onFrame: () => undefined,
    onGossip: (_topic: string, handler: GossipHandler) => {
      handlers.gossip = handler
    },
    serve: (_protocol: string, handler: RequestHandler) => {
      handlers.sync = handler
    },
    send: (to: string) => void done.push(`send to ${to}`),
    broadcast: () => void done.push('broadcast'),
    publish: async () => undefined,
  } as unknown as Network
  const halts: string[] = []
  const inputs: string[] = []
  const replica: Replica = {
    handle: (input) => {
      inputs.push(input.type)
      return handle(input)
    },
    status: () => ({ height: 0, validators: [], selfIndex: -1 }) as unknown as ReplicaStatus,
    reader: () => ({ read: () => undefined, prove: () => ({ entries: [], siblings: [] }) }),
    isRecent: () => false,
    isPending: (txId) => pending.has(hexFromBytes(txId)),
  }
  const ledger = createLedger(
    { evidenceFile: '/dev/null', syncTimeoutMs: 100 },
    {
      replica,
      storage,
      network,
      clock: systemClock,
      logger: createLogger({ level: 'silent' }),
      metrics: createMetrics(),
      onHalt: ({ code }) => void halts.push(code),
    },
  )
  return { ledger, done, halts, inputs, handlers }
}

const frame = new Uint8Array(1)

test('an effect that is durable is on disk before the next one begins', async () => {
  const { ledger, done } = createWorld((input) =>
    input.type === 'start'
      ? [
          { type: 'persist-wal', reset: true, bytes: frame },
          { type: 'persist-last-signed', bytes: frame },
          { type: 'broadcast', frame },
          { type: 'persist-wal', reset: true, bytes: frame, keptBytes: 1 },
          { type: 'append-blocks', blocks: [] },
          { type: 'send', to: 'a', frame },
        ]
      : [],
  )
  await ledger.start()
  equal(done, [
    'wal begins',
    'wal is durable',
    'last-signed begins',
    'last-signed is durable',
    'broadcast',
    'wal to 1 begins',
    'wal to 1 is durable',
    'append begins',
    'append is durable',
    'send to a',
  ])
  await ledger.close()
})

test('a checkpoint runs beside the other effects and comes back as an input', async () => {
  const { ledger, done, inputs } = createWorld((input) =>
    input.type === 'start'
      ? [
          { type: 'checkpoint', height: 3, buckets: new Map(), meta: frame },
          { type: 'broadcast', frame },
        ]
      : [],
  )
  await ledger.start()
  equal(done, ['checkpoint begins', 'broadcast'])
  await ledger.close()
  equal(done.at(-1), 'checkpoint is durable')
  equal(inputs, ['start'])
})

test('one timer a name: a newer one replaces it', async () => {
  const { ledger, inputs } = createWorld((input) =>
    input.type === 'start'
      ? [
          { type: 'set-timer', name: 'round', id: 1, delayMs: 5 },
          { type: 'set-timer', name: 'round', id: 2, delayMs: 10 },
          { type: 'set-timer', name: 'sync', id: 3, delayMs: 1 },
          { type: 'clear-timer', name: 'sync' },
        ]
      : [],
  )
  await ledger.start()
  await new Promise((resolve) => setTimeout(resolve, 40))
  equal(inputs, ['start', 'timer'])
  await ledger.close()
})

const committedAt = (height: number, txId: Uint8Array): ReplicaEffect => {
  const event = { type: 'committed', height, hash: frame, header: {}, certificate: { round: 0 } }
  return {
    ...event,
    transactions: [{ txId, kind: 'x', sender: frame, events: [] }],
  } as unknown as ReplicaEffect
}

const submitWorld = (outcome: Result<Uint8Array>, later: (txId: Uint8Array) => readonly ReplicaEffect[]) => {
  const { bytes, txId } = makeTransaction()
  const world = createWorld((input) =>
    input.type === 'submit'
      ? [{ type: 'submit-result', token: input.token, result: outcome }, ...later(txId)]
      : [],
  )
  return { ...world, bytes, txId }
}

test('a submission waits for its block, and the same bytes again ask for its height', async () => {
  const world = submitWorld(accepted(frame), (txId) => [committedAt(7, txId)])
  equal(await world.ledger.submit(world.bytes), accepted({ txId: world.txId, height: 7 }))
  equal(await world.ledger.submit(world.bytes), accepted({ txId: world.txId, height: 7 }))
  equal(world.inputs, ['submit'])
  await world.ledger.close()
})

for (const [what, outcome, later, code] of [
  ['refused by the mempool', refuse('mempool.full', 'Full.'), () => [], 'mempool.full'],
  [
    'dropped later',
    accepted(frame),
    (txId: Uint8Array): readonly ReplicaEffect[] => [
      { type: 'dropped', txId, refusal: refuse('tx.expired', 'Expired.') },
    ],
    'tx.expired',
  ],
  ['never decided', accepted(frame), () => [], 'node.unconfirmed'],
] as const) {
  test(`a submission that is ${what} ends with ${code}`, async () => {
    const { ledger, bytes } = submitWorld(outcome, later)
    const answer = await ledger.submit(bytes, { timeoutMs: 20 })
    equal(answer.ok ? '' : answer.code, code)
    await ledger.close()
  })
}

test('bytes that are no transaction never reach the replica', async () => {
  const { ledger, inputs } = createWorld(() => [])
  const answer = await ledger.submit(Uint8Array.of(1, 2, 3))
  equal(answer.ok ? '' : answer.code, 'encoding.malformed')
  equal(inputs, [])
  await ledger.close()
})

test('closing answers those who wait', async () => {
  const { ledger, bytes } = submitWorld(accepted(frame), () => [])
  const waiting = ledger.submit(bytes)
  await new Promise((resolve) => setTimeout(resolve, 10))
  await ledger.close()
  const answer = await waiting
  equal(answer.ok ? '' : answer.code, 'node.closing')
})

test('gossip and sync are answered under their token', async () => {
  const { ledger, handlers } = createWorld((input) => {
    if (input.type === 'gossip') return [{ type: 'gossip-verdict', token: input.token, verdict: 'reject' }]
    return input.type === 'sync-request'
      ? [{ type: 'sync-respond', token: input.token, bytes: input.bytes }]
      : []
  })
  equal(await handlers.gossip?.('a', frame), 'reject')
  equal(await handlers.sync?.('a', frame), frame)
  await ledger.close()
})

test('a halt and a broken rule stop the replica with a code', async () => {
  const halted = createWorld(() => [{ type: 'halt', refusal: refuse('wal.damaged', 'Damaged.') }])
  await halted.ledger.start()
  equal(halted.halts, ['wal.damaged'])
  const broken = createWorld(() => {
    throw new Error('one and one is three')
  })
  await broken.ledger.start()
  equal(broken.halts, ['replica.invariant'])
  equal((await broken.ledger.submit(makeTransaction().bytes, { timeoutMs: 50 })).ok, false)
  await broken.ledger.close()
})

test('a halt answers those who wait, so that the end of the daemon need not wait for them', async () => {
  let isBroken = false
  const { ledger, halts } = createWorld((input) => {
    if (isBroken) throw new Error('one and one is three')
    return input.type === 'submit'
      ? [{ type: 'submit-result', token: input.token, result: accepted(frame) }]
      : []
  })
  await ledger.start()
  const waiting = ledger.submit(makeTransaction().bytes, { timeoutMs: 20_000 })
  await new Promise((resolve) => setTimeout(resolve, 10))
  isBroken = true
  const unheard = ledger.submit(makeTransaction().bytes, { timeoutMs: 20_000 })
  const outcomes = await Promise.all([waiting, unheard])
  equal(
    outcomes.map((outcome) => !outcome.ok && outcome.code),
    ['node.closing', 'node.busy'],
  )
  equal(halts, ['replica.invariant'])
})

test('whenHeight tells whether the head got there in time', async () => {
  const { ledger } = createWorld(() => [])
  ok(await ledger.whenHeight(0, 1))
  equal(await ledger.whenHeight(1, 10), false)
  await ledger.close()
})

test.run()
