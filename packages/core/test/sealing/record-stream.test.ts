import { test } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { concatBytes, equalBytes, unwrap } from '../../src/encoding/index.ts'
import {
  CHUNK_BYTES,
  createChunkOpener,
  createChunkSealer,
  createEnvelopeOpener,
  createFileSealer,
  createRecordOpener,
  openHeader,
  releaseHeaderKey,
  sealedStreamSize,
} from '../../src/sealing/index.ts'
import { plainCiphers as port } from './plain-ciphers.ts'
import { idOf, pairOf, recordOf, releaseKeysOf, sealRecords, target } from './sealed-batch.ts'

const SEALED_CHUNK = CHUNK_BYTES + 16

const contentOf = (sizeBytes: number) =>
  Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 7) % 251)

const inPieces = function* (bytes: Uint8Array, pieceBytes: number) {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const seal = (content: Uint8Array, stepBytes: number, pieceBytes: number) => {
  const sealer = createChunkSealer(idOf('key'), stepBytes, port)
  const parts = Array.from(inPieces(content, pieceBytes), sealer.push)
  return concatBytes(...parts, sealer.finish())
}

const open = (sealed: Uint8Array, pieceBytes = 10_000) => {
  const opener = createChunkOpener(idOf('key'), port)
  const parts = Array.from(inPieces(sealed, pieceBytes), opener.push)
  const last = opener.finish()
  return last && concatBytes(...parts.map((part) => part as Uint8Array), last)
}

test('STREAM: the size of the pieces never changes the bytes', () => {
  for (const sizeBytes of [
    0,
    1,
    4095,
    4096,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    3 * CHUNK_BYTES,
  ]) {
    for (const stepBytes of [1, 4096]) {
      const whole = seal(contentOf(sizeBytes), stepBytes, sizeBytes + 1)
      is(whole.length, sealedStreamSize(sizeBytes, stepBytes), `${sizeBytes} in steps of ${stepBytes}`)
      for (const pieceBytes of [1000, 65_536, 65_552]) {
        ok(equalBytes(seal(contentOf(sizeBytes), stepBytes, pieceBytes), whole))
        const opened = open(whole, pieceBytes) as Uint8Array
        ok(equalBytes(opened.subarray(0, sizeBytes), contentOf(sizeBytes)))
        ok(opened.subarray(sizeBytes).every((byte) => byte === 0))
      }
    }
  }
})

test('STREAM: truncated, reordered, repeated, extended and flipped streams do not open', () => {
  const sealed = seal(contentOf(3 * CHUNK_BYTES + 500), 4096, 50_000)
  const chunk = (index: number) => sealed.subarray(index * SEALED_CHUNK, (index + 1) * SEALED_CHUNK)
  ok(open(sealed))
  is(open(concatBytes(chunk(0), chunk(1), chunk(2))), undefined, 'the last chunk is missing')
  is(open(chunk(0)), undefined, 'only the first chunk')
  is(open(new Uint8Array(0)), undefined, 'nothing')
  is(open(sealed.subarray(0, -1)), undefined, 'one byte is missing')
  is(open(concatBytes(chunk(1), chunk(0), chunk(2), chunk(3))), undefined, 'swapped')
  is(open(concatBytes(chunk(0), chunk(0), chunk(1), chunk(2), chunk(3))), undefined, 'repeated')
  is(open(concatBytes(chunk(0), chunk(2), chunk(3))), undefined, 'one is missing in the middle')
  is(open(concatBytes(sealed, Uint8Array.of(0))), undefined, 'one byte more')
  is(open(concatBytes(sealed, chunk(0))), undefined, 'one chunk more')
  for (let at = 0; at < sealed.length; at += 9973) {
    const copy = new Uint8Array(sealed)
    copy[at] = (copy[at] as number) ^ 0x80
    is(open(copy), undefined, `byte ${at}`)
  }
})

test('a large file is sealed and opened piece by piece', async () => {
  const content = contentOf(1_000_003)
  const description = { mediaType: 'image/dicom', resourceType: 'ImagingStudy', title: 'CT' }
  const sealer = unwrap(await createFileSealer(target, description, port))
  const parts = Array.from(inPieces(content, 30_000), sealer.push)
  const { tail, item, releases } = unwrap(await sealer.finish())
  const ciphertext = concatBytes(...parts, tail)
  const [k2] = (await releaseKeysOf(releases)) as [Uint8Array]
  const opener = createEnvelopeOpener(target.networkId, port)
  const k1 = unwrap(await opener.asAuthor(item.envelope, pairOf('author').secretKey))
  const k2h = releaseHeaderKey(k2, port)
  const { networkId } = target
  const header = unwrap(openHeader({ networkId, envelope: item.envelope, k1, k2h }, port))
  is(header.sizeBytes, content.length)

  const read = createRecordOpener(networkId, item, header, { k1, k2 }, port)
  const plain = Array.from(inPieces(ciphertext, 70_000), read.push)
  ok(equalBytes(concatBytes(...plain, unwrap(read.finish())), content))

  const cut = createRecordOpener(networkId, item, header, { k1, k2 }, port)
  for (const piece of inPieces(ciphertext.subarray(0, 10 * SEALED_CHUNK), 70_000)) cut.push(piece)
  equal({ ...cut.finish(), message: '' }, { ok: false, code: 'record.ciphertext-damaged', message: '' })
})

test('a batch of 200 records costs one HPKE opening', async () => {
  const { items } = await sealRecords(Array.from({ length: 200 }, (_, index) => recordOf(`record ${index}`)))
  const opener = createEnvelopeOpener(target.networkId, port)
  const epochSecret = pairOf('epoch').secretKey
  const first = performance.now()
  unwrap(await opener.asChart((items[0] as (typeof items)[0]).envelope, epochSecret))
  const rest = performance.now()
  await Promise.all(items.map(async ({ envelope }) => unwrap(await opener.asChart(envelope, epochSecret))))
  const end = performance.now()
  ok(end - rest < 200 * (rest - first), '200 openings cost far less than 200 encapsulations')
})

test('STREAM: no second last chunk, whose nonce would be that of the first', () => {
  const sealer = createChunkSealer(idOf('key'), 1, port)
  sealer.push(contentOf(10))
  sealer.finish()
  throws(() => sealer.finish())
  throws(() => sealer.push(contentOf(1)))
})

test.run()
