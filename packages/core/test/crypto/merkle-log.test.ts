import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import {
  appendLeafHash,
  createInclusionProver,
  EMPTY_LOG,
  inclusionPath,
  leafHash,
  rootFromFrontier,
  rootFromLeafHashes,
  verifyConsistency,
  verifyInclusion,
} from '../../src/crypto/index.ts'
import { hexFromBytes } from '../../src/encoding/index.ts'

const leaves = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, index) => leafHash(Uint8Array.of(index)))

test('RFC 6962 §2.1: the empty log and one empty leaf', () => {
  assert.is(
    hexFromBytes(rootFromLeafHashes([])),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  assert.is(
    hexFromBytes(leafHash(new Uint8Array(0))),
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  )
})

test('the frontier has the root of the whole log at every size', () => {
  let frontier = EMPTY_LOG
  for (const [index, leaf] of leaves(70).entries()) {
    frontier = appendLeafHash(frontier, leaf)
    assert.equal(rootFromFrontier(frontier), rootFromLeafHashes(leaves(index + 1)))
  }
})

test('each leaf has a path, and no other leaf, place or size has it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, seed) => {
      const index = seed % size
      const all = leaves(size)
      const root = rootFromLeafHashes(all)
      const steps = inclusionPath(all, index)
      assert.equal(createInclusionProver(all)(index), steps)
      assert.ok(verifyInclusion(all[index] as Uint8Array, index, size, steps, root))
      assert.not(verifyInclusion(leafHash(Uint8Array.of(200)), index, size, steps, root))
      if (size > 1)
        assert.not(verifyInclusion(all[index] as Uint8Array, (index + 1) % size, size, steps, root))
      assert.not(verifyInclusion(all[index] as Uint8Array, index, size, [...steps, root], root))
    }),
  )
})

interface Vector {
  readonly leafIdx: number
  readonly treeSize: number
  readonly leafHash: string
  readonly root: string
  readonly size1: number
  readonly size2: number
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
  readonly desc: string
  readonly wantErr: boolean
}

const decode64 = (value: string | null): Uint8Array => Uint8Array.from(Buffer.from(value ?? '', 'base64'))

const vectors = (folder: string): Vector[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')))

const data = testData('crypto/merkle-rfc6962')
if (data === undefined) notRun('RFC 6962 proof vectors: the outside test data is not here')
else {
  test('RFC 6962 inclusion vectors, the expected failures failing', () => {
    const all = vectors(path.join(data, 'inclusion'))
    assert.ok(all.length > 50)
    for (const vector of all) {
      const steps = (vector.proof ?? []).map(decode64)
      const verdict = verifyInclusion(
        decode64(vector.leafHash),
        vector.leafIdx,
        vector.treeSize,
        steps,
        decode64(vector.root),
      )
      assert.is(verdict, !vector.wantErr, JSON.stringify(vector))
    }
  })

  test('RFC 6962 consistency vectors, the expected failures failing', () => {
    const all = vectors(path.join(data, 'consistency'))
    assert.ok(all.length > 40)
    for (const vector of all) {
      const steps = (vector.proof ?? []).map(decode64)
      const verdict = verifyConsistency(
        vector.size1,
        vector.size2,
        decode64(vector.root1),
        decode64(vector.root2),
        steps,
      )
      assert.is(verdict, !vector.wantErr, JSON.stringify(vector))
    }
  })
}

test('consistency of logs beyond 32 bits', () => {
  const half = leafHash(Uint8Array.of(1))
  const [a, b] = [leafHash(Uint8Array.of(2)), leafHash(Uint8Array.of(3))]
  const first = rootFromLeafHashes([half, a])
  const second = rootFromLeafHashes([half, rootFromLeafHashes([a, b])])
  const size = 2 ** 32 + 1
  assert.ok(verifyConsistency(size, size + 1, first, second, [a, b, half]))
  assert.not(verifyConsistency(size, size + 1, second, first, [a, b, half]))
  assert.not(verifyConsistency(1.5, 2, first, second, [a, b, half]))
})

test.run()
