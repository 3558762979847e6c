import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { createHandshakeGate } from '../../src/network/handshake-gate.ts'
import { ADDRESS_HANDSHAKES_BURST, BAN_MS, VIOLATIONS_MAX } from '../../src/network/limits.ts'
import { createMemberIndex } from '../../src/network/member-index.ts'
import { createTelemetry } from '../../src/network/telemetry.ts'
import { createViolations } from '../../src/network/violations.ts'
import { createWorld, nodeAt, until } from './network-world.ts'
import { startRawMember } from './raw-member.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

const handClock = () => {
  let nowMs = 1_000
  return {
    now: () => nowMs,
    setTimer: () => () => undefined,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test('who misbehaves again and again is shut out for a while, one slip a second is forgiven', () => {
  const clock = handClock()
  const dropped: string[] = []
  const violations = createViolations({
    clock,
    logger: silent,
    telemetry: createTelemetry(),
    drop: (institution) => dropped.push(institution),
  })
  for (let second = 0; second < 3 * VIOLATIONS_MAX; second++) {
    violations.blame('careless', 'consensus', 'a slip')
    clock.pass(1_000)
  }
  for (let count = 0; count < VIOLATIONS_MAX; count++) violations.blame('hostile', 'consensus', 'garbage')
  equal(dropped, [])
  violations.blame('hostile', 'consensus', 'garbage')
  equal(dropped, ['hostile'])
  is(violations.isBanned('hostile'), true)
  is(violations.isBanned('careless'), false)
  clock.pass(BAN_MS)
  is(violations.isBanned('hostile'), false)
})

test('a banned member is not let in, and nobody dials it', async () => {
  const world = await createWorld(2)
  const node = await world.startNode(0)
  const raw = await startRawMember(world, 1, node)
  try {
    await until('the connection', () => node.metrics.value('peers_connected_count') === 1)
    for (let count = 0; count <= VIOLATIONS_MAX; count++)
      nodeAt(world, 0).network.blame(world.institution(1), 'garbage')
    await until('the end of the connection', () => node.metrics.value('peers_connected_count') === 0)
    await until('the refusal', () => {
      // The hostile side may take a moment to see that its connection is gone.
      raw.connection().catch(() => undefined)
      return node.metrics.value('strangers_refused_total') > 0
    })
    is(node.metrics.value('peers_connected_count'), 0)
    is(node.metrics.value('peers_banned_total'), 1)
  } finally {
    await raw.close()
    await world.close()
  }
})

test('strangers take no more handshakes than one budget for all, and none from the members', () => {
  const clock = handClock()
  const member = {
    institution: '01',
    nodeKey: new Uint8Array(32).fill(9),
    addresses: ['/ip4/192.0.2.1/tcp/7840'],
    isValidator: true,
  }
  const members = createMemberIndex({ members: () => [member] })
  const gate = createHandshakeGate({ clock, members, telemetry: createTelemetry() })
  const admitted = (address: (index: number) => string): number =>
    Array.from({ length: 1_000 }, (_, index) => gate.admit(address(index))).filter(Boolean).length
  ok(admitted((index) => `/ip4/198.51.100.${index % 250}/tcp/${index}`) <= 2 * ADDRESS_HANDSHAKES_BURST)
  is(
    admitted((index) => `/ip4/192.0.2.1/tcp/${index}`),
    ADDRESS_HANDSHAKES_BURST,
  )
  const named = (index: number): string => `/ip4/203.0.113.9/tcp/${index}`
  is(admitted(named), 0)
  gate.proved(named(0))
  clock.pass(1_000)
  ok(admitted((index) => `/ip4/198.51.100.${index % 250}/tcp/${index}`) > 0)
  ok(admitted(named) > 0)
  ok(gate.admit('/ip4/192.0.2.1/tcp/1'))
})

test.run()
