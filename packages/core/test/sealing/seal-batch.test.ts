import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { equalBytes, textFromBytes, unwrap } from '../../src/encoding/index.ts'
import { encodeEnvelope } from '../../src/sealing/envelope.ts'
import {
  ciphertextDigestOf,
  createEnvelopeOpener,
  decodeEnvelope,
  disputeK1,
  envelopeDigestOf,
  openHeader,
  openRecord,
  openReleaseSet,
  releaseDataKey,
  releaseHeaderKey,
  sealBatch,
} from '../../src/sealing/index.ts'
import { plainCiphers as port } from './plain-ciphers.ts'
import {
  flipped,
  idOf,
  openKeys,
  pairOf,
  recordOf,
  releaseKeysOf,
  sealRecords,
  target,
} from './sealed-batch.ts'

const { networkId } = target
const codeOf = (result: { ok: boolean; code?: string }) => (result.ok ? 'ok' : result.code)

test('a batch opens byte for byte for the chart, with header and anchors', async () => {
  const contents = ['{"value": 1.50}', '', 'x'.repeat(4096), 'y'.repeat(200_000)]
  const { items, releases, batchId } = await sealRecords(contents.map(recordOf))
  const releaseKeys = await releaseKeysOf(releases)
  is(releaseKeys.length, contents.length)
  for (const [index, item] of items.entries()) {
    const { header, ...keys } = await openKeys(item, releaseKeys[index] as Uint8Array)
    const { bytes, ...description } = recordOf(contents[index] as string)
    equal({ ...header, salt: undefined }, { ...description, sizeBytes: bytes.length, salt: undefined })
    const opened = unwrap(
      openRecord({ networkId, anchor: item, header, keys, ciphertext: item.ciphertext }, port),
    )
    is(textFromBytes(opened), contents[index])
    ok(equalBytes(item.recordId.subarray(0, 16), batchId))
    ok(equalBytes(ciphertextDigestOf(item.ciphertext, port), item.ciphertextDigest))
    ok(equalBytes(envelopeDigestOf(item.envelope), item.envelopeDigest))
    is((item.ciphertext.length % 4096) % 16, 0)
  }
})

test('the author institution reads what it wrote, another institution does not', async () => {
  const { items } = await sealRecords([recordOf('a')])
  const envelope = items[0]?.envelope as Uint8Array
  const opener = createEnvelopeOpener(networkId, port)
  const forChart = unwrap(await opener.asChart(envelope, pairOf('epoch').secretKey))
  const forAuthor = unwrap(await opener.asAuthor(envelope, pairOf('author').secretKey))
  ok(equalBytes(forChart, forAuthor))
  is(codeOf(await opener.asAuthor(envelope, pairOf('first holder').secretKey)), 'record.key-mismatch')
  is(codeOf(await opener.asChart(envelope, pairOf('author').secretKey)), 'record.key-mismatch')
  is(codeOf(await opener.asChart(envelope, pairOf('an older epoch').secretKey)), 'record.key-mismatch')
})

test('another network, chart, epoch, batch or recipient in the envelope opens nothing', async () => {
  const { items } = await sealRecords([recordOf('a'), recordOf('b')])
  const envelope = items[0]?.envelope as Uint8Array
  const other = createEnvelopeOpener(idOf('another network'), port)
  is(codeOf(await other.asChart(envelope, pairOf('epoch').secretKey)), 'record.key-mismatch')
  const fields = unwrap(decodeEnvelope(envelope))
  const second = unwrap(decodeEnvelope(items[1]?.envelope as Uint8Array))
  const swaps = [
    { chart: idOf('another chart') },
    { epoch: 4 },
    { recordId: flipped(fields.recordId, 0) },
    { recordId: second.recordId },
    { wrappedK1: second.wrappedK1 },
  ]
  const opener = createEnvelopeOpener(networkId, port)
  for (const swap of swaps) {
    const forged = encodeEnvelope({ ...fields, ...swap })
    is(
      codeOf(await opener.asChart(forged, pairOf('epoch').secretKey)),
      'record.key-mismatch',
      Object.keys(swap)[0],
    )
    is(codeOf(decodeEnvelope(forged, items[0]?.envelopeDigest)), 'record.envelope-damaged')
  }
  const forged = encodeEnvelope({ ...fields, authorInstitution: idOf('another author') })
  is(codeOf(await opener.asAuthor(forged, pairOf('author').secretKey)), 'record.key-mismatch')
})

test('one flipped byte anywhere in an envelope is caught', async () => {
  const { items } = await sealRecords([recordOf('a')])
  const { envelope, envelopeDigest } = items[0] as { envelope: Uint8Array; envelopeDigest: Uint8Array }
  for (let at = 0; at < envelope.length; at++) {
    is(codeOf(decodeEnvelope(flipped(envelope, at), envelopeDigest)), 'record.envelope-damaged')
  }
})

test('one flipped byte of a sealed field is caught without the digest too', async () => {
  const { items, releases } = await sealRecords([recordOf('a')])
  const [k2] = await releaseKeysOf(releases)
  const fields = unwrap(decodeEnvelope(items[0]?.envelope as Uint8Array))
  const opener = createEnvelopeOpener(networkId, port)
  const { k1, k2h } = await openKeys(items[0] as (typeof items)[0], k2 as Uint8Array)
  for (let at = 0; at < 48; at++) {
    for (const name of ['chartEnc', 'wrappedK1'] as const) {
      const envelope = encodeEnvelope({ ...fields, [name]: flipped(fields[name], at) })
      is(
        codeOf(await opener.asChart(envelope, pairOf('epoch').secretKey)),
        'record.key-mismatch',
        `${name} ${at}`,
      )
    }
    const envelope = encodeEnvelope({ ...fields, sealedHeader: flipped(fields.sealedHeader, at) })
    is(codeOf(openHeader({ networkId, envelope, k1, k2h }, port)), 'record.key-mismatch')
  }
})

test('one flipped byte of ciphertext is damage; a rewritten digest only makes it a key mismatch', async () => {
  const { items, releases } = await sealRecords([recordOf('a')])
  const [k2] = await releaseKeysOf(releases)
  const item = items[0] as (typeof items)[0]
  const { header, ...keys } = await openKeys(item, k2 as Uint8Array)
  const open = (changes: object) =>
    codeOf(
      openRecord({ networkId, anchor: item, header, keys, ciphertext: item.ciphertext, ...changes }, port),
    )
  is(open({}), 'ok')
  for (let at = 0; at < item.ciphertext.length; at += 97) {
    const ciphertext = flipped(item.ciphertext, at)
    is(open({ ciphertext }), 'record.ciphertext-damaged')
    const anchor = { ...item, ciphertextDigest: ciphertextDigestOf(ciphertext, port) }
    is(open({ ciphertext, anchor }), 'record.key-mismatch')
  }
  is(open({ ciphertext: item.ciphertext.subarray(0, -1) }), 'record.ciphertext-damaged')
  is(open({ keys: { ...keys, k1: flipped(keys.k1, 0) } }), 'record.key-mismatch')
  is(open({ keys: { ...keys, k2: flipped(keys.k2, 0) } }), 'record.key-mismatch')
  is(open({ anchor: { ...item, recordId: flipped(item.recordId, 17) } }), 'record.key-mismatch')
  is(open({ anchor: { ...item, commitment: flipped(item.commitment, 0) } }), 'record.commitment-mismatch')
  is(open({ header: { ...header, salt: flipped(header.salt, 0) } }), 'record.commitment-mismatch')
  is(open({ header: { ...header, mediaType: 'text/plain' } }), 'record.commitment-mismatch')
  is(open({ header: { ...header, sizeBytes: 2 } }), 'record.commitment-mismatch')
  is(open({ header: { ...header, sizeBytes: 0 } }), 'record.commitment-mismatch')
})

test('the half that a listing releases opens the header and not the content', async () => {
  const { items, releases } = await sealRecords([recordOf('a')])
  const [k2] = await releaseKeysOf(releases)
  const item = items[0] as (typeof items)[0]
  const { k1, k2h, header } = await openKeys(item, k2 as Uint8Array)
  const open = (candidate: Uint8Array) =>
    codeOf(
      openRecord(
        { networkId, anchor: item, header, keys: { k1, k2: candidate }, ciphertext: item.ciphertext },
        port,
      ),
    )
  is(open(k2h), 'record.key-mismatch')
  is(open(releaseDataKey(k2 as Uint8Array, port)), 'record.key-mismatch')
  const withData = { networkId, envelope: item.envelope, k1, k2h: releaseDataKey(k2 as Uint8Array, port) }
  is(codeOf(openHeader(withData, port)), 'record.key-mismatch')
  ok(!equalBytes(releaseHeaderKey(k2 as Uint8Array, port), releaseDataKey(k2 as Uint8Array, port)))
})

test('a release set opens for its holder, network and batch only', async () => {
  const { releases } = await sealRecords([recordOf('a')])
  const sealed = releases[0]?.sealed as Uint8Array
  const right = {
    networkId,
    institution: idOf('first holder'),
    sealingSecret: pairOf('first holder').secretKey,
    sealed,
  }
  is(codeOf(await openReleaseSet(right)), 'ok')
  is(
    codeOf(await openReleaseSet({ ...right, sealingSecret: pairOf('second holder').secretKey })),
    'release.damaged',
  )
  is(codeOf(await openReleaseSet({ ...right, institution: idOf('second holder') })), 'release.damaged')
  is(codeOf(await openReleaseSet({ ...right, networkId: idOf('another network') })), 'release.damaged')
  for (let at = 0; at < sealed.length; at++) {
    is(
      codeOf(await openReleaseSet({ ...right, sealed: flipped(sealed, at) })),
      'release.damaged',
      `byte ${at}`,
    )
  }
})

test('what cannot be sealed is refused by code', async () => {
  const seal = async (changes: object) =>
    codeOf(await sealBatch({ ...target, records: [recordOf('a')], ...changes }, port))
  is(await seal({ records: [] }), 'record.batch-size')
  is(await seal({ records: Array(1001).fill(recordOf('a')) }), 'record.batch-size')
  is(await seal({ records: [{ ...recordOf('a'), title: 'x'.repeat(1025) }] }), 'record.header-field')
  is(await seal({ epochPublicKey: new Uint8Array(32) }), 'record.public-key')
  is(await seal({ epochPublicKey: new Uint8Array(31) }), 'record.public-key')
  is(await seal({ author: { ...target.author, sealingKey: new Uint8Array(32) } }), 'record.public-key')
  is(
    await seal({ releaseHolders: [{ ...target.author, sealingKey: new Uint8Array(32) }] }),
    'record.public-key',
  )
})

test('sizes tell little: 4 KiB steps of content, 256-byte steps of header', async () => {
  const { items } = await sealRecords(['', 'a', 'b'.repeat(4096), 'c'.repeat(4097)].map(recordOf))
  equal(
    items.map(({ ciphertext }) => ciphertext.length),
    [4112, 4112, 4112, 8208],
  )
  is(new Set(items.map(({ envelope }) => envelope.length)).size, 1)
})

test('custody C17: what disputes a record has a k1 of that record’s', async () => {
  const disputedK1 = new Uint8Array(32).fill(7)
  const { items, releases } = await sealRecords([{ ...recordOf('{}'), disputedK1 }])
  const [item] = items
  ok(item)
  const { k1 } = await openKeys(item, (await releaseKeysOf(releases))[0] as Uint8Array)
  equal(k1, disputeK1(disputedK1, { networkId, recordId: item.recordId }, port))
  is(equalBytes(k1, disputeK1(disputedK1, { networkId, recordId: idOf('other') }, port)), false)
})

test.run()
