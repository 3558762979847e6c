import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ok, refuse } from '@medchain/core'
import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { createOutboxFolder } from '../../src/custody/outbox-folder.ts'
import { createForwarding } from '../../src/directory/signed-items.ts'
import type { PeerExchange } from '../../src/requests/peer-exchange.ts'

const test = suite<{ root: string }>('forwarding')

test.before.each(async (context) => {
  context.root = await mkdtemp(path.join(tmpdir(), 'medchain-forwarding-'))
})
test.after.each(({ root }) => rm(root, { recursive: true, force: true }))

const institution = new Uint8Array(32).fill(1)
const name = (byte: number) => new Uint8Array(32).fill(byte)
const logger = { info: () => undefined, warn: () => undefined }

const forwardingTo = async (root: string, answer: (bytes: Uint8Array) => Promise<boolean>) => {
  const call = async (_to: Uint8Array, message: { readonly bytes: Uint8Array }) =>
    (await answer(message.bytes)) ? ok({ type: 'receipt' }) : refuse('network.unreachable', 'away')
  const exchange = { call } as unknown as PeerExchange
  return createForwarding(await createOutboxFolder(root), exchange, logger)
}

test('what was replaced while the older one was sent is sent as well', async ({ root }) => {
  const sent: number[] = []
  const forwarding = await forwardingTo(root, async ([byte = 0]) => {
    sent.push(byte)
    if (byte === 1) await forwarding.put(institution, name(5), Uint8Array.of(2))
    return true
  })
  await forwarding.put(institution, name(5), Uint8Array.of(1))
  equal([await forwarding.flush(), await forwarding.flush(), sent], [1, 0, [1, 2]])
})

test('an institution that is away is asked once, however much waits for it', async ({ root }) => {
  let asked = 0
  const forwarding = await forwardingTo(root, async () => {
    asked++
    return false
  })
  for (let item = 0; item < 5; item++) await forwarding.put(institution, name(item), Uint8Array.of(item))
  equal([await forwarding.flush(), asked], [5, 1])
})

test.run()
