import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { keyringRead } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { openNonceJournal, type TakenNonce } from '../../src/requests/nonce-journal.ts'
import { signRequest } from '../../src/requests/sign-request.ts'
import { createConsortium, type TestNode } from './consortium.ts'
import { enrolAt } from './people.ts'

const SPAN_MS = 600_000

const test = suite<{ folder: string }>('nonce journal')
test.before.each(async (context) => {
  context.folder = await mkdtemp(path.join(tmpdir(), 'medchain-nonces-'))
})
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }))

const taken = (atMs: number): TakenNonce => ({
  atMs,
  actor: nodeCiphers.randomBytes(32),
  nonce: nodeCiphers.randomBytes(16),
})

test('nonces of two spans outlive a restart, and the files stay bounded', async ({ folder }) => {
  const all = [0, 1, 2, 3, 4].map((span) => taken(span * SPAN_MS + 1))
  let journal = await openNonceJournal(folder, SPAN_MS, 0)
  for (const each of all) await journal.note(each)
  await journal.close()
  equal((await readdir(folder)).sort(), ['nonces-0', 'nonces-1'])
  journal = await openNonceJournal(folder, SPAN_MS, 4 * SPAN_MS + 2)
  equal(journal.earlier.map(({ atMs }) => atMs).sort(), [3 * SPAN_MS + 1, 4 * SPAN_MS + 1])
  await journal.close()
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size),
  )
  equal(sizes, [56, 56])
})

test('a record that a crash cut off is dropped, and the next one takes its place', async ({ folder }) => {
  const [first, second] = [taken(1), taken(2)]
  let journal = await openNonceJournal(folder, SPAN_MS, 0)
  await journal.note(first)
  await journal.close()
  await appendFile(path.join(folder, 'nonces-0'), new Uint8Array(20))
  journal = await openNonceJournal(folder, SPAN_MS, 3)
  equal(journal.earlier, [first])
  await journal.note(second)
  await journal.close()
  journal = await openNonceJournal(folder, SPAN_MS, 3)
  equal(journal.earlier, [first, second])
  await journal.close()
})

test('a request that was answered is refused after a restart of the node', async () => {
  const world = await createConsortium()
  const doctor = await enrolAt(world, 0, 'practitioner')
  const node = world.nodes[0] as TestNode
  const sender = { networkId: world.chain.networkId, node: node.institution.id, actor: doctor.id }
  const body = signRequest({ ...sender, sign: doctor.sign, nowMs: world.clock.wallMs() }, keyringRead, [])
  const codeOf = async () => {
    const answer = await node.privacy.answer(body)
    return answer.ok ? 'ok' : answer.code
  }
  is(await codeOf(), 'ok')
  is(await codeOf(), 'request.replayed')
  await world.restart(0)
  is(await codeOf(), 'request.replayed')
  await world.close()
})

test.run()
