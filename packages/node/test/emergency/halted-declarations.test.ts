// When a node says that the chain stands still (docs/spec/emergency.md BG12).
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openHaltedDeclarations } from '../../src/emergency/halted-declarations.ts'
import type { PrivacyPorts } from '../../src/requests/ports.ts'

/** A node that starts at 1,000 s with a head of `headMs`. */
const openAt = async (headMs: number) => {
  const listeners = new Set<() => void>()
  const now = { wallMs: 1_000_000, headMs }
  const ports = {
    vault: { list: () => [] },
    clock: { wallMs: () => now.wallMs },
    chain: {
      head: () => ({ height: 1, timeMs: now.headMs }),
      onCommitted(listener: () => void) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
  } as unknown as PrivacyPorts
  const kept = await openHaltedDeclarations(ports)
  /** A block with a time of its own comes in `afterMs` later. */
  const block = (timeMs: number, afterMs: number) => {
    now.wallMs += afterMs
    now.headMs = timeMs
    for (const listener of listeners) listener()
  }
  return { kept, now, block, listeners }
}

test('a node that just started waits to see whether blocks come, however old its head is', async () => {
  const { kept, now } = await openAt(0)
  assert.is(kept.isHalted(), false)
  now.wallMs += 30_000
  assert.is(kept.isHalted(), false)
  now.wallMs += 1
  assert.is(kept.isHalted(), true)
})

test('blocks that come in are no halt: old ones while it catches up, or of a clock that goes behind its own', async () => {
  const { kept, now, block, listeners } = await openAt(0)
  for (let height = 1; height < 20; height++) {
    block(height * 5000, 20_000)
    assert.is(kept.isHalted(), false)
  }
  now.wallMs += 30_001
  assert.is(kept.isHalted(), true)
  block(now.wallMs, 0)
  assert.is(kept.isHalted(), false)
  kept.close()
  assert.is(listeners.size, 0)
})

test.run()
