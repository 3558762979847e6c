import { readdir } from 'node:fs/promises'
import path from 'node:path'
import {
  anchorRecords,
  batchIdOf,
  CHUNK_BYTES,
  createFileSealer,
  holdersOf,
  importBatch,
  importChunk,
  institutionsIn,
  recordIdOf,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { epochKeys, read } from '../disclosure/reading.ts'
import { type Consortium, createConsortium, type TestActor, type TestNode } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart, transactionOf } from '../requests/people.ts'

const test = suite<{ world: Consortium; author: TestActor; chart: TestChart }>('large files')
const MIB = 1024 * 1024

test.before.each(async (context) => {
  context.world = await createConsortium()
  context.author = await enrolAt(context.world, 0, 'practitioner')
  context.chart = (await registerPatient(context.world, 0, ['imaging'])).charts[0] as TestChart
})
test.after.each(({ world }) => world.close())

/** Seals a file piece by piece, uploads its ciphertext and imports it as one record. */
const importFile = async (world: Consortium, author: TestActor, chart: TestChart, bytes: Uint8Array) => {
  const { chain } = world
  const nonce = nodeCiphers.randomBytes(16)
  const batchId = batchIdOf(chart.id, author.id, nonce)
  const keyOf = (id: Uint8Array) => ({
    institution: id,
    sealingKey: chain.institutions.find((each) => Buffer.from(each.id).equals(id))?.sealingKey as Uint8Array,
  })
  const { release } = holdersOf(batchId, institutionsIn(chain.head().view), chain.institutions[0]!.id)
  const place = {
    networkId: chain.networkId,
    chart: chart.id,
    epoch: 0,
    epochPublicKey: chart.epochKey,
    batchId,
  }
  const own = keyOf((world.nodes[0] as TestNode).institution.id)
  const target = { ...place, author: own, releaseHolders: release.map(keyOf) }
  const description = { resourceType: 'file', mediaType: 'application/dicom', title: 'scan' }
  const sealer = unwrap(await createFileSealer(target, description, nodeCiphers))
  const uploadId = nodeCiphers.randomBytes(16)
  let offset = 0
  const send = async (piece: Uint8Array) => {
    if (piece.length > 0) unwrap(await world.ask(0, author, importChunk, { uploadId, offset, bytes: piece }))
    offset += piece.length
  }
  for (let at = 0; at < bytes.length; at += MIB) await send(sealer.push(bytes.subarray(at, at + MIB)))
  const sealed = unwrap(await sealer.finish())
  await send(sealed.tail)
  const { commitment, ciphertextDigest, envelopeDigest, envelope } = sealed.item
  const anchoring = {
    chart: chart.id,
    batchId,
    nonce,
    epoch: 0,
    anchors: [{ commitment, ciphertextDigest, envelopeDigest }],
  }
  const transaction = transactionOf(world, author, anchorRecords.kind, anchorRecords.payload, anchoring)
  const digests = [nodeCiphers.sha256(bytes)]
  const batch = {
    batchId,
    chart: chart.id,
    envelopes: [envelope],
    ciphertexts: [new Uint8Array(0)],
    uploadId,
    digests,
    transaction,
  }
  unwrap(await world.ask(0, author, importBatch, { ...batch, releases: sealed.releases }))
  return recordIdOf(batchId, 0)
}

for (const sizeBytes of [100_000, 3 * MIB, 9 * MIB + 5]) {
  test(`${sizeBytes} bytes go in and come out, and nothing stays on the way`, async ({
    world,
    author,
    chart,
  }) => {
    const bytes = nodeCiphers.randomBytes(sizeBytes)
    const recordId = await importFile(world, author, chart, bytes)
    const [reading] = await read(world, {
      via: 1,
      actor: chart,
      chart,
      recordIds: [recordId],
      keys: epochKeys(chart),
    })
    const opened = unwrap(reading?.result ?? { ok: false, code: 'none', message: '' })
    is(opened.bytes === undefined, sizeBytes > 8 * MIB)
    const pieces: Uint8Array[] = []
    for await (const piece of opened.pieces()) pieces.push(unwrap(piece))
    ok(Buffer.concat(pieces).equals(bytes))
    await world.nodes[0]?.privacy.retry()
    const folder = path.join((world.nodes[0] as TestNode).folder, 'custody')
    equal([await readdir(path.join(folder, 'uploads')), await readdir(path.join(folder, 'outbox'))], [[], []])
    for (const { vault } of world.nodes)
      ok(![...vault.values.keys()].some((name) => name.includes('7069656365732f')))
  })
}

test('a flipped byte in a large file is found at its end, and its holder named', async ({
  world,
  author,
  chart,
}) => {
  const recordId = await importFile(world, author, chart, nodeCiphers.randomBytes(9 * MIB))
  for (const { vault } of world.nodes) {
    for (const key of vault.list('ciphertext', recordId)) {
      const value = vault.values.get(`ciphertext ${Buffer.from(key).toString('hex')}`) as Uint8Array
      value[500] = (value[500] as number) ^ 1
    }
  }
  const [reading] = await read(world, {
    via: 1,
    actor: chart,
    chart,
    recordIds: [recordId],
    keys: epochKeys(chart),
  })
  const opened = unwrap(reading?.result ?? { ok: false, code: 'none', message: '' })
  let last = ''
  for await (const piece of opened.pieces()) last = piece.ok ? 'ok' : `${piece.code} ${piece.message}`
  ok(/^record\.ciphertext-damaged .*did:medchain:/.test(last), last)
})

const openedBy = async (world: Consortium, chart: TestChart, recordId: Uint8Array) => {
  const [reading] = await read(world, {
    via: 3,
    actor: chart,
    chart,
    recordIds: [recordId],
    keys: epochKeys(chart),
  })
  return unwrap(reading?.result ?? { ok: false, code: 'none', message: '' })
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

test('a reading whose holder dies midway goes on at another one, behind what came', async ({
  world,
  author,
  chart,
}) => {
  const bytes = nodeCiphers.randomBytes(12 * MIB + 5)
  const recordId = await importFile(world, author, chart, bytes)
  await world.nodes[0]?.privacy.retry()
  const first = await openedBy(world, chart, recordId)
  const came: Uint8Array[] = []
  let code = ''
  for await (const piece of first.pieces()) {
    if (!piece.ok) code = piece.code
    else came.push(piece.value)
    if (came.length !== 2) continue
    for (const [index, { vault }] of world.nodes.entries())
      if (index !== 3 && vault.list('ciphertext', recordId).length > 0 && world.down.size === 0)
        world.down.add(index)
  }
  const isCut = code !== ''
  const whole = Buffer.concat(came)
  const held = whole.subarray(0, Math.floor(whole.length / CHUNK_BYTES) * CHUNK_BYTES)
  ok(held.length > 0)
  if (!isCut) ok(whole.equals(bytes))
  const usable = isCut ? held : held.subarray(0, 4 * MIB)
  const again = await openedBy(world, chart, recordId)
  const rest: Uint8Array[] = []
  for await (const piece of again.pieces(inChunks(usable))) rest.push(unwrap(piece))
  ok(Buffer.concat([usable, ...rest]).equals(bytes))
})

test('a part that is not the record’s is found at the end', async ({ world, author, chart }) => {
  const bytes = nodeCiphers.randomBytes(9 * MIB)
  const recordId = await importFile(world, author, chart, bytes)
  const held = Uint8Array.from(bytes.subarray(0, 2 * MIB))
  held[7] = (held[7] as number) ^ 1
  const opened = await openedBy(world, chart, recordId)
  let last = ''
  for await (const piece of opened.pieces(inChunks(held))) last = piece.ok ? 'ok' : piece.code
  is(last, 'record.ciphertext-damaged')
})

test('a hand-over that was cut goes on behind the pieces that lie there', async ({
  world,
  author,
  chart,
}) => {
  const holders = world.nodes.map(({ vault }) => vault)
  const written = new Map<string, number>()
  let left = 5
  for (const [index, vault] of holders.entries()) {
    const { putBatch } = vault
    Object.assign(vault, {
      putBatch: (async (entries) => {
        for (const { kind, key } of entries) {
          if (kind !== 'ciphertext' || index === 0) continue
          if (left-- === 0) world.down.add(index)
          const name = `${index} ${Buffer.from(key).toString('hex')}`
          written.set(name, (written.get(name) ?? 0) + 1)
        }
        return putBatch(entries)
      }) satisfies typeof putBatch,
    })
  }
  await importFile(world, author, chart, nodeCiphers.randomBytes(12 * MIB)).catch(() => undefined)
  world.down.clear()
  await world.nodes[0]?.privacy.retry()
  ok(written.size > 0)
  // The piece under way when the line was cut may come twice, and no other.
  ok([...written.values()].filter((count) => count > 1).length <= 1)
})

test('without holders nothing is anchored, and the upload waits for the author to send the batch again', async ({
  world,
  author,
  chart,
}) => {
  for (const index of [1, 2, 3]) world.down.add(index)
  const failed = await importFile(world, author, chart, nodeCiphers.randomBytes(3 * MIB)).then(
    () => 'ok',
    (error: Error) => error.message,
  )
  ok(/import\.holders/.test(failed), failed)
  const folder = path.join((world.nodes[0] as TestNode).folder, 'custody')
  is((await readdir(path.join(folder, 'uploads'))).length, 1)
  equal(await readdir(path.join(folder, 'outbox')), [])
})

test('an upload goes on a day later; one that rests makes room for another', async ({ world, author }) => {
  const uploadId = nodeCiphers.randomBytes(16)
  const append = async (id: Uint8Array, offset: number, sizeBytes: number): Promise<string> => {
    const piece = { uploadId: id, offset, bytes: new Uint8Array(sizeBytes) }
    const sent = await world.ask(0, author, importChunk, piece)
    return sent.ok ? String(sent.value.sizeBytes) : sent.code
  }
  is(await append(uploadId, 0, 100), '100')
  const both = await Promise.all([append(uploadId, 100, 50), append(uploadId, 100, 50)])
  equal(both, ['150', '150'])
  is(await append(uploadId, 0, 0), '150')
  for (let each = 0; each < 15; each++) is(await append(nodeCiphers.randomBytes(16), 0, 1), '1')
  is(await append(nodeCiphers.randomBytes(16), 0, 1), 'import.upload-size')
  is(await append(uploadId, 150, 10), '160')
})

test('pieces follow one another, and only staff sends them', async ({ world, author }) => {
  const uploadId = nodeCiphers.randomBytes(16)
  const piece = (offset: number) => ({ uploadId, offset, bytes: new Uint8Array(10) })
  const codes: string[] = []
  for (const offset of [0, 20, 10, 0]) {
    const sent = await world.ask(0, author, importChunk, piece(offset))
    codes.push(sent.ok ? String(sent.value.sizeBytes) : sent.code)
  }
  equal(codes, ['10', 'import.offset', '20', '20'])
  const stranger = await enrolAt(world, 1, 'practitioner')
  const refused = await world.ask(0, stranger, importChunk, piece(0))
  is(refused.ok ? '' : refused.code, 'import.author')
})

test.run()
