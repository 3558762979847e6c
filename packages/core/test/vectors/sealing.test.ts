// The project's own formats, pinned: what an independent implementation sealed opens here, and the same keys seal the same bytes.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { bytesFromHex, concatBytes, hexFromBytes, unwrap } from '../../src/encoding/index.ts'
import {
  createEnvelopeOpener,
  createRecordSealer,
  decodeEnvelope,
  openHeader,
  openRecord,
  releaseHeaderKey,
  secretsFromWords,
} from '../../src/sealing/index.ts'
import { plainCiphers as port } from '../sealing/plain-ciphers.ts'

const vectors = JSON.parse(readFileSync(path.join(import.meta.dirname, 'sealing.json'), 'utf8'))
const { record } = vectors
const bytes = (name: string): Uint8Array => unwrap(bytesFromHex(record[name]))
const content = Uint8Array.from({ length: record.sizeBytes }, (_, index) => (index * 7) % 251)
const networkId = bytes('networkId')
const keys = { k1: bytes('k1'), k2: bytes('k2') }
const anchor = {
  recordId: bytes('recordId'),
  commitment: bytes('commitment'),
  ciphertextDigest: bytes('ciphertextDigest'),
}

const seal = () => {
  const place = { networkId, recordId: anchor.recordId }
  const sealer = createRecordSealer(place, { ...keys, salt: bytes('salt') }, record.mediaType, port)
  const head = sealer.push(content)
  const { tail, ...sealed } = sealer.finish()
  return { ...sealed, ciphertext: concatBytes(head, tail) }
}

test('the same keys seal the same ciphertext, digest and commitment', () => {
  const sealed = seal()
  is(sealed.ciphertext.length, record.ciphertextBytes)
  is(hexFromBytes(sealed.ciphertextDigest), record.ciphertextDigest)
  is(hexFromBytes(sealed.commitment), record.commitment)
})

test('the envelope of another implementation opens for chart and author, and so does the record', async () => {
  const envelope = bytes('envelope')
  is(unwrap(decodeEnvelope(envelope, bytes('envelopeDigest'))).epoch, record.epoch)
  const opener = createEnvelopeOpener(networkId, port)
  const k1 = unwrap(await opener.asChart(envelope, bytes('epochSecret')))
  is(hexFromBytes(k1), record.k1)
  is(hexFromBytes(unwrap(await opener.asAuthor(envelope, bytes('authorSecret')))), record.k1)
  const header = unwrap(openHeader({ networkId, envelope, k1, k2h: releaseHeaderKey(keys.k2, port) }, port))
  equal(header, {
    resourceType: 'Observation',
    mediaType: record.mediaType,
    title: 'Heart rate',
    date: '2024-05-01',
    sizeBytes: record.sizeBytes,
    fullUrl: 'urn:uuid:1',
    salt: bytes('salt'),
  })
  const { ciphertext } = seal()
  equal(unwrap(openRecord({ networkId, anchor, header, keys, ciphertext }, port)), content)
})

test('words derive the pinned secrets', () => {
  const { words, ...expected } = vectors.words
  const secrets = unwrap(secretsFromWords(words.split(' '), port))
  const texts = Object.entries(secrets).map(([name, secret]) => [name, hexFromBytes(secret)])
  equal(Object.fromEntries(texts), expected)
})

test.run()
