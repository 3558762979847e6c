import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Result, unwrap } from '../../src/encoding/index.ts'
import { blockHash, decodeCommittedBlock, encodeCommittedBlock } from '../../src/ledger/block.ts'
import { networkIdOf, validatorsOf } from '../../src/ledger/genesis.ts'
import { takeSnapshot } from '../../src/replica/index.ts'
import { encodeBucket } from '../../src/state/bucket.ts'
import { encodeChunk, validateChunk } from '../../src/state/chunk.ts'
import {
  createRecentBlocks,
  decodeManifest,
  encodeManifest,
  type SnapshotManifest,
  validateManifest,
} from '../../src/sync/index.ts'
import { certificateFromVotes, voteMessage } from '../../src/votes/index.ts'
import { createCluster, startAll } from '../replica/cluster.ts'
import { portsOf } from '../replica/cluster-disk.ts'
import { clusterGenesis, fakeSigner, fakeVerifier } from '../replica/cluster-keys.ts'
import { submitMany } from '../replica/cluster-load.ts'

const codeOf = (result: Result<unknown>): string => (result.ok ? 'accepted' : result.code)

const cluster = createCluster({ size: 4, seed: 1, latencyMs: 1 })
startAll(cluster)
submitMany(cluster, 12, 'a')
cluster.run(700_000)
const { genesis } = cluster
const networkId = networkIdOf(genesis)
const disk = (cluster.nodes[0] as (typeof cluster.nodes)[number]).disk
const { manifest, chunks } = unwrap(takeSnapshot(portsOf(disk), []))
const { header, certificate, log, recentBlocks } = manifest
const other = unwrap(decodeCommittedBlock(disk.blocks[header.height - 3] as Uint8Array))
const hash = new Uint8Array(32).fill(7)

test('a manifest survives its encoding and follows from the genesis document', () => {
  assert.equal(unwrap(decodeManifest(encodeManifest(manifest))), manifest)
  assert.is(unwrap(validateManifest(manifest, genesis, fakeVerifier)).height, header.height)
})

const FALSE_MANIFESTS: Readonly<Record<string, [Partial<SnapshotManifest>, string]>> = {
  'another header': [{ header: { ...header, stateRoot: hash } }, 'snapshot.not-committed'],
  'the certificate of another block': [{ certificate: other.certificate }, 'snapshot.not-committed'],
  'too few signatures': [
    { certificate: { ...certificate, signatures: certificate.signatures.slice(1) } },
    'snapshot.not-committed',
  ],
  'a handover that is none': [{ handovers: [Uint8Array.of(1)] }, 'snapshot.wrong-handovers'],
  'a changed piece': [{ chunkHashes: manifest.chunkHashes.with(9, hash) }, 'snapshot.wrong-state-root'],
  'a missing piece': [{ chunkHashes: manifest.chunkHashes.slice(1) }, 'snapshot.wrong-state-root'],
  'a shorter log': [{ log: { size: 0, hashes: [] } }, 'snapshot.wrong-log'],
  'a log with a hash too many': [{ log: { ...log, hashes: [hash, ...log.hashes] } }, 'snapshot.wrong-log'],
  'a changed log': [{ log: { ...log, hashes: log.hashes.with(0, hash) } }, 'snapshot.wrong-log'],
  'blocks that end below': [
    { recentBlocks: { ...recentBlocks, toHeight: header.height - 1 } },
    'snapshot.wrong-range',
  ],
  'no blocks': [
    { recentBlocks: { fromHeight: header.height + 1, toHeight: header.height } },
    'snapshot.wrong-range',
  ],
}

test('a manifest in which anything is false is refused', () => {
  for (const [what, [change, code]] of Object.entries(FALSE_MANIFESTS)) {
    assert.is(codeOf(validateManifest({ ...manifest, ...change }, genesis, fakeVerifier)), code, what)
  }
  const stranger = { ...clusterGenesis(4), name: 'other' }
  assert.is(codeOf(validateManifest(manifest, stranger, fakeVerifier)), 'snapshot.not-committed')
})

test('a manifest without the change of the set that its own header makes is refused', () => {
  const validators = validatorsOf(genesis)
  const handing = { ...header, nextValidatorSetHash: hash }
  const place = { height: header.height, round: 0, blockHash: blockHash(handing) }
  const message = voteMessage({ networkId, type: 'commit', ...place })
  const signatures = new Map(
    validators.map(({ votingKey }, index) => [index, fakeSigner(votingKey).sign(message)]),
  )
  const signed = certificateFromVotes(validators, header.height, 0, place.blockHash, signatures)
  const lying = { ...manifest, header: handing, certificate: signed }
  assert.is(codeOf(validateManifest(lying, genesis, fakeVerifier)), 'snapshot.wrong-handovers')
})

test('a chunk with anything changed, moved, missing or added is refused', () => {
  const full = chunks.findIndex((bytes) => bytes.length > 1)
  const bytes = chunks[full] as Uint8Array
  const expected = manifest.chunkHashes[full] as Uint8Array
  const [[index, bucket]] = [...unwrap(validateChunk(full, bytes, expected))] as [[number, never[]]]
  const entry = { key: Uint8Array.of(1), value: Uint8Array.of(2) }
  const content = encodeBucket(bucket)
  const spoiled = {
    'another value': bytes.with(-1, (bytes.at(-1) as number) ^ 1),
    'half of it': bytes.slice(0, -1),
    'a bucket twice': encodeChunk([
      { index, content },
      { index, content },
    ]),
    'a bucket in another place': encodeChunk([{ index: index ^ 1, content }]),
    'an entry too many': encodeChunk([{ index, content: encodeBucket([...bucket, entry] as never) }]),
    'an empty bucket': encodeChunk([{ index, content: encodeBucket([]) }]),
    nothing: encodeChunk([]),
  }
  for (const [what, data] of Object.entries(spoiled)) {
    assert.is(codeOf(validateChunk(full, data, expected)), 'snapshot.bad-chunk', what)
  }
  assert.is(codeOf(validateChunk(full ^ 1, bytes, expected)), 'snapshot.bad-chunk')
})

test('recent blocks stand on one another, under certificates, and reach back ten minutes', () => {
  const sound = unwrap(validateManifest(manifest, genesis, fakeVerifier))
  assert.ok(recentBlocks.fromHeight > 2)
  const blockAt = (height: number): Uint8Array => disk.blocks[height - 1] as Uint8Array
  const recent = createRecentBlocks(sound, networkId, fakeVerifier)
  assert.is(codeOf(recent.add(blockAt(recentBlocks.fromHeight + 1))), 'snapshot.bad-block')
  assert.is(codeOf(recent.add(Uint8Array.of(1))), 'snapshot.bad-block')
  const { block } = unwrap(decodeCommittedBlock(blockAt(recentBlocks.fromHeight)))
  const unsigned = encodeCommittedBlock({ block, certificate: other.certificate })
  assert.is(codeOf(recent.add(unsigned)), 'snapshot.bad-block')
  while (!recent.isComplete()) unwrap(recent.add(blockAt(recent.next())))
  assert.is(recent.next(), header.height + 1)
  assert.is(codeOf(recent.add(blockAt(header.height))), 'snapshot.bad-block')

  const fromHeight = recentBlocks.fromHeight + 1
  const short = { ...manifest, recentBlocks: { ...recentBlocks, fromHeight } }
  const shorter = createRecentBlocks({ ...sound, manifest: short }, networkId, fakeVerifier)
  assert.is(codeOf(shorter.add(blockAt(fromHeight))), 'snapshot.short-window')
})

test.run()
