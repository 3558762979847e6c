import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  ERASED_RECORD_ID,
  encode,
  envelopeDeliver,
  erasureStateIn,
  hexFromBytes,
  type ImportBatch,
  importBatch,
  importKnown,
  scopeDigestOf,
  sealGrant,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { readManifest } from '../../src/custody/stored-batch.ts'
import { erasureRuleOf } from '../../src/erasure/erasure-rules.ts'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { VAULT_KINDS } from '../../src/requests/ports.ts'
import { VALUE_KINDS } from '../../src/vault/store/value-name.ts'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import type { TestNode } from '../requests/consortium.ts'
import { enrolAt, grantOn, grantTerms } from '../requests/people.ts'
import { createErasing, type Erasing } from './erasing.ts'

const test = suite<Erasing>('erasure at the holders')

test.before.each(async (context) => {
  Object.assign(context, await createErasing())
})
test.after.each(({ world }) => world.close())

const RECORD_KINDS = ['envelope', 'ciphertext', 'release'] as const

const keysOf = ({ vault }: TestNode, recordId: Uint8Array): string[] =>
  RECORD_KINDS.flatMap((kind) => vault.list(kind, recordId).map(() => kind))

/** Until it is mended the node's disk destroys nothing. */
const breakDisk = ({ vault }: TestNode): (() => void) => {
  const { erase } = vault
  Object.assign(vault, { erase: () => Promise.reject(new Error('EIO')) })
  return () => void Object.assign(vault, { erase })
}

const signersOf = ({ world }: Erasing, erasureId: Uint8Array): string[] => {
  const { view, timeMs } = world.chain.head()
  return (erasureStateIn(view, erasureId, timeMs)?.signed ?? []).map(({ institution }) =>
    hexFromBytes(institution),
  )
}

const held = ({ world }: Erasing, recordId: Uint8Array): number =>
  world.nodes.reduce((sum, node) => sum + keysOf(node, recordId).length, 0)

test('nothing goes before 72 hours are over; then all of it, at every holder, and each signs', async (context) => {
  const { world, ids, request, pass, run, state } = context
  const [gone, kept] = ids as [Uint8Array, Uint8Array]
  const before = held(context, kept)
  ok(before >= 6, 'both sides have copies')
  const erasureId = await request([gone])
  await run()
  equal([state(erasureId), held(context, gone)], ['waiting', before])
  const mend = breakDisk(world.nodes[3] as TestNode)
  pass()
  await run()
  is(state(erasureId), 'pending')
  const { owing } = erasureStateIn(world.chain.head().view, erasureId, world.chain.head().timeMs) ?? {}
  equal(owing, [world.chain.institutions[3]?.id])
  mend()
  await run()
  equal([state(erasureId), held(context, gone), held(context, kept)], ['erased', 0, before])
})

test('what was cancelled or held stays', async (context) => {
  const { ids, request, cancel, hold, pass, run, state } = context
  const before = held(context, ids[0] as Uint8Array)
  const first = await request(ids.slice(0, 1))
  await cancel(first)
  const second = await request(ids)
  await hold(ids.slice(0, 1))
  pass()
  await run()
  equal([state(first), state(second)], ['cancelled', 'erased'])
  equal(
    ids.map((id) => held(context, id)),
    [before, 0, 0],
  )
})

test('the size of an erased record leaves the note on its batch', async ({
  world,
  batch,
  ids,
  request,
  pass,
  run,
}) => {
  await request(ids.slice(1, 2))
  pass()
  await run()
  for (const { vault } of world.nodes) {
    const manifest = unwrap(await readManifest(vault, batch.batchId))
    if (manifest?.side !== 'ciphertext') continue
    equal(
      manifest.sizesBytes.map((size) => size > 0),
      [true, false, true],
    )
  }
})

test('values that a crash left without the note on their batch go too', async (context) => {
  const { world, batch, ids, request, pass, run, state } = context
  const [gone] = ids as [Uint8Array]
  const manifests = Buffer.concat([Buffer.from('batch/'), batch.batchId])
  for (const { vault } of world.nodes) await vault.erase([{ kind: 'index', key: new Uint8Array(manifests) }])
  ok(held(context, gone) > 0)
  const erasureId = await request([gone])
  pass()
  await run()
  equal([state(erasureId), held(context, gone)], ['erased', 0])
})

test('what was imported and never noted leaves its mark all the same', async (context) => {
  const { world, doctor, chart, batch, ids, request, pass, run } = context
  const folder = path.join((world.nodes[0] as TestNode).folder, 'custody')
  // As after a crash between the commit and the note of it.
  await writeFile(path.join(folder, 'imported.log'), new Uint8Array(0))
  await writeFile(
    path.join(folder, 'outbox', hexFromBytes(batch.batchId)),
    encode(importBatch.payload, batch),
  )
  await writeFile(path.join(folder, 'outbox', 'half.tmp'), 'half written')
  await world.restart(0)
  equal(await readdir(path.join(folder, 'outbox')), [hexFromBytes(batch.batchId)])
  await request(ids.slice(0, 1))
  pass()
  await run()
  const again = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  const refused = await world.ask(0, doctor, importBatch, again)
  is(refused.ok ? '' : refused.code, 'import.erased')
})

test('X6, and historical: purged data is not brought back by reconciliation (Fabric)', async (context) => {
  const { world, doctor, batch, ids, request, pass, run } = context
  await request(ids.slice(0, 1))
  pass()
  await run()
  is(held(context, ids[0] as Uint8Array), 0)
  // The author's node reconciles: it hands the whole batch over once more, as its outbox does after a restart.
  for (const node of world.nodes) {
    const names = [...node.vault.values.keys()]
    for (const name of names)
      if (/^(envelope|ciphertext|release|index)/.test(name)) node.vault.values.delete(name)
  }
  const { transaction, envelopes, ciphertexts, releases } = batch
  const sizesBytes = ciphertexts.map(({ length }) => length)
  const north = world.nodes[0] as TestNode
  for (const node of world.nodes) {
    const { id } = node.institution
    const release = releases.find(({ institution }) => hexFromBytes(institution) === hexFromBytes(id))
    const message = release
      ? ({ type: 'store-releases', transaction, sealed: release.sealed } as const)
      : ({ type: 'store-ciphertexts', transaction, envelopes, ciphertexts, sizesBytes } as const)
    if (id === north.institution.id) continue
    unwrap(await north.privacy.exchange.call(id, message, 'receipt'))
  }
  is(held(context, ids[0] as Uint8Array), 0)
  ok(held(context, ids[1] as Uint8Array) > 0, 'the rest of the batch is taken')
  unwrap(await world.ask(0, doctor, importBatch, batch))
  is(held(context, ids[0] as Uint8Array), 0)
})

test('the same file is not imported again, and the index remembers nothing but that', async (context) => {
  const { world, doctor, chart, batch, ids, request, pass, run } = context
  await request(ids.slice(0, 1))
  pass()
  await run()
  const known = unwrap(await world.ask(0, doctor, importKnown, { digests: batch.digests }))
  equal(known, [ERASED_RECORD_ID, ids[1], ids[2]])
  const again = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  const refused = await world.ask(0, doctor, importBatch, again)
  is(refused.ok ? '' : refused.code, 'import.erased')
  const file = path.join((world.nodes[0] as TestNode).folder, 'custody', 'imported.log')
  const bytes = await readFile(file)
  is(bytes.includes(Buffer.from(ids[0] as Uint8Array)), false)
  is(bytes.includes(Buffer.from(ids[1] as Uint8Array)), true)
  await world.restart(0)
  equal(unwrap(await world.ask(0, doctor, importKnown, { digests: batch.digests }))[0], ERASED_RECORD_ID)
})

test('what still waits in the outbox of the author goes too', async (context) => {
  const { world, doctor, chart, pass, run } = context
  const outbox = path.join((world.nodes[0] as TestNode).folder, 'custody', 'outbox')
  const isWaiting = async ({ batchId }: ImportBatch) =>
    (await readdir(outbox)).includes(hexFromBytes(batchId))
  world.down.add(1)
  let waiting: ImportBatch | undefined
  for (let turn = 0; waiting === undefined && turn < 50; turn++) {
    const batch = await sealFor(world, 0, doctor, chart, [recordOf(`late ${turn}`)])
    const imported = await world.ask(0, doctor, importBatch, batch)
    if (imported.ok && (await isWaiting(batch))) waiting = batch
  }
  if (waiting === undefined) throw new Error('no batch waits for the node that is away')
  const id = Uint8Array.from([...waiting.batchId, 0, 0])
  await context.request([id])
  pass()
  await run()
  is(await isWaiting(waiting), false)
})

test('X8: a node that was away destroys before it serves, whatever receipts say', async (context) => {
  const { world, ids, request, pass, run, state, chart } = context
  const node = world.nodes[2] as TestNode
  // A restored backup: the values are back, and the chain has this node's receipt from before.
  const backup = new Map(node.vault.values)
  const erasureId = await request(ids.slice(0, 1))
  pass()
  await run()
  is(state(erasureId), 'erased')
  for (const [name, value] of backup) node.vault.values.set(name, value)
  ok(keysOf(node, ids[0] as Uint8Array).length > 0)
  await world.restart(2)
  for (const each of world.nodes) await each.privacy.anchorNow()
  const reading = { via: 2, actor: chart, chart, recordIds: ids.slice(0, 2), keys: epochKeys(chart) }
  equal(outcomes(await read(world, reading)), ['record.erased', 'two'])
  unwrap(await node.privacy.eraser.ready())
  is(held(context, ids[0] as Uint8Array), 0)
})

test('X8: a node whose disk fails to destroy serves nothing, and does not sign', async (context) => {
  const { world, ids, request, pass } = context
  const erasureId = await request(ids.slice(0, 1))
  const node = world.nodes[1] as TestNode
  const mend = breakDisk(node)
  pass()
  const refused = await node.privacy.eraser.ready()
  is(refused.ok ? '' : refused.code, 'vault.erasing')
  is(signersOf(context, erasureId).includes(hexFromBytes(node.institution.id)), false)
  mend()
  unwrap(await node.privacy.eraser.ready())
  ok(signersOf(context, erasureId).includes(hexFromBytes(node.institution.id)))
})

test('X7: cut off at any step it is whole after the next start, and signed once', async (context) => {
  const { world, ids, request, pass } = context
  const node = world.nodes[1] as TestNode
  const before = new Map(node.vault.values)
  const erasureId = await request(ids.slice(0, 2))
  const own = hexFromBytes(node.institution.id)
  const { erase, putBatch } = node.vault
  const mend = breakDisk(node)
  pass()
  let steps = 0
  for (let left = 1; left > 0; steps++) {
    node.vault.values.clear()
    for (const [name, value] of before) node.vault.values.set(name, value)
    let budget = steps
    const limited =
      <T>(step: (given: T) => Promise<unknown>) =>
      async (given: T): Promise<void> => {
        if (budget-- <= 0) throw new Error('power is gone')
        await step(given)
      }
    Object.assign(node.vault, { erase: limited(erase), putBatch: limited(putBatch) })
    await node.privacy.eraser.run()
    const isSigned = signersOf(context, erasureId).includes(own)
    left = ids.slice(0, 2).reduce((sum, id) => sum + keysOf(node, id).length, 0)
    ok(!isSigned || left === 0, 'no receipt before everything is gone')
    left += isSigned ? 0 : 1
    ok(steps < 50, 'it comes to an end')
  }
  ok(steps > 2, 'there were steps to cut off between')
  mend()
  Object.assign(node.vault, { erase, putBatch })
  await node.privacy.eraser.run()
  equal(signersOf(context, erasureId).filter((id) => id === own).length, 1)
})

test('X7: sealed keys of listed records go, but those that were sealed anew after the request stay', async (context) => {
  const { world, chart, ids, request, pass, run } = context
  const grantee = await enrolAt(world, 1, 'practitioner')
  const scoped = async (scope: readonly Uint8Array[] | undefined) => {
    const terms = await grantOn(
      world,
      chart,
      grantTerms(world, grantee.id, { scopeDigest: scope && scopeDigestOf(scope) }),
    )
    const keys = scope
      ? {
          type: 'records' as const,
          keys: scope.map((recordId) => ({ recordId, k1: new Uint8Array(32).fill(7) })),
        }
      : { type: 'epoch' as const, epochSecret: chart.epochSecret }
    const sealed = unwrap(
      await sealGrant(
        nodeCiphers.x25519Public(grantee.sealingSecret),
        { networkId: world.chain.networkId, grantee: grantee.id },
        {
          grantId: terms.grantId,
          chart: chart.id,
          epoch: 0,
          person: chart.person,
          compartment: 'general',
          keys,
        },
      ),
    )
    const deliver = async () =>
      void unwrap(
        await world.ask(0, chart, envelopeDeliver, { grantee: grantee.id, grantId: terms.grantId, sealed }),
      )
    await deliver()
    return { grantId: terms.grantId, deliver }
  }
  const old = await scoped(ids.slice(0, 2))
  const renewed = await scoped(ids.slice(0, 1))
  const whole = await scoped(undefined)
  world.clock.advance(1000)
  await request(ids.slice(0, 1))
  world.clock.advance(1000)
  await renewed.deliver()
  const { vault } = world.nodes[1] as TestNode
  const here = ({ grantId }: { readonly grantId: Uint8Array }) => vault.list('grant', grantId).length
  equal([old, renewed, whole].map(here), [1, 1, 1])
  pass()
  await run()
  equal([old, renewed, whole].map(here), [0, 1, 1])
})

test('every kind of deletable value has its rule, and every value here is of a known kind', ({ world }) => {
  equal([...VAULT_KINDS], [...VALUE_KINDS])
  for (const kind of VAULT_KINDS.filter((each) => each !== 'index'))
    ok(erasureRuleOf({ kind, key: new Uint8Array(32) }), `no rule of erasure for ${kind}`)
  for (const { vault } of world.nodes)
    for (const kind of VAULT_KINDS)
      for (const key of vault.list(kind, new Uint8Array(0)))
        ok(
          erasureRuleOf({ kind, key }),
          `no rule of erasure for ${kind} ${Buffer.from(key).toString('latin1')}`,
        )
})

test.run()
