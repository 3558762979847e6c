import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesFromText, concatBytes, nameFromBytes } from '../../src/encoding/index.ts'
import { type Bucket, type Change, createStateTree, verifyStateProof } from '../../src/state/index.ts'

const emptyStore = { readBucket: (): Bucket => [] }
const key = (name: number): Uint8Array => bytesFromText(`key/${name}`)

const changesOf = (writes: readonly (readonly [number, number | undefined])[]): Map<string, Change> =>
  new Map(
    writes.map(([name, value]) => [
      nameFromBytes(key(name)),
      { key: key(name), value: value === undefined ? undefined : Uint8Array.of(value) },
    ]),
  )

const writes = fc.array(fc.tuple(fc.nat(30), fc.option(fc.nat(255), { nil: undefined })), { maxLength: 40 })

test('the root depends on what stands there, not on the way it came', () => {
  fc.assert(
    fc.property(writes, fc.integer({ min: 1, max: 5 }), (all, parts) => {
      const stepwise = createStateTree(emptyStore, [])
      const size = Math.ceil(all.length / parts) || 1
      for (let at = 0; at < all.length; at += size)
        stepwise.install(stepwise.deltaOf(changesOf(all.slice(at, at + size))))
      const final = new Map(all)
      const direct = createStateTree(emptyStore, [])
      const present = [...final].filter(([, value]) => value !== undefined)
      direct.install(direct.deltaOf(changesOf(present)))
      assert.equal(stepwise.root(), direct.root())
      for (const [name, value] of final)
        assert.equal(stepwise.read(key(name)), value === undefined ? undefined : Uint8Array.of(value))
    }),
    { numRuns: 40 },
  )
})

test('presence and absence are proven, and nothing false is', () => {
  const tree = createStateTree(emptyStore, [])
  const all = Array.from({ length: 500 }, (_, name) => [name, name % 251] as const)
  tree.install(tree.deltaOf(changesOf(all)))
  for (const name of [0, 17, 499]) {
    const proof = tree.prove(key(name))
    assert.ok(verifyStateProof(tree.root(), key(name), Uint8Array.of(name % 251), proof))
    assert.not(verifyStateProof(tree.root(), key(name), Uint8Array.of(252), proof))
    assert.not(verifyStateProof(tree.root(), key(name), undefined, proof))
    assert.not(verifyStateProof(tree.root(), key(name + 1), Uint8Array.of((name + 1) % 251), proof))
  }
  assert.ok(verifyStateProof(tree.root(), key(1000), undefined, tree.prove(key(1000))))
  assert.not(verifyStateProof(tree.root(), key(1000), Uint8Array.of(1), tree.prove(key(1000))))
})

test('what was read before is read as it stands now', () => {
  fc.assert(
    fc.property(fc.array(writes, { minLength: 1, maxLength: 6 }), (steps) => {
      const tree = createStateTree(emptyStore, [])
      const expected = new Map<number, number | undefined>()
      for (const step of steps) {
        tree.install(tree.deltaOf(changesOf(step)))
        for (const [name, value] of step) expected.set(name, value)
        for (let name = 0; name <= 30; name++)
          assert.is(tree.read(key(name))?.[0], expected.get(name), `key ${name}`)
      }
    }),
    { numRuns: 30 },
  )
})

test('a tree opened from its buckets has the root it was closed with', () => {
  const tree = createStateTree(emptyStore, [])
  tree.install(tree.deltaOf(changesOf(Array.from({ length: 200 }, (_, name) => [name, 1] as const))))
  const stored = tree.dirtyBuckets()
  const reopened = createStateTree({ readBucket: (index) => stored.get(index) ?? [] }, stored.keys())
  assert.equal(reopened.root(), tree.root())
  tree.markDurable(stored)
  assert.is(tree.dirtyBuckets().size, 0)
})

test('an uninstalled delta leaves the tree as it was', () => {
  const tree = createStateTree(emptyStore, [])
  tree.install(tree.deltaOf(changesOf([[1, 1]])))
  const before = tree.root()
  const delta = tree.deltaOf(changesOf([[1, undefined]]))
  assert.equal(tree.root(), before)
  assert.equal(tree.read(key(1)), Uint8Array.of(1))
  tree.install(delta)
  assert.equal(tree.root(), new Uint8Array(32))
})

test('entries of other lengths that spell the same bucket prove nothing', () => {
  const tree = createStateTree(emptyStore, [])
  tree.install(tree.deltaOf(changesOf([[1, 1]])))
  const { entries, siblings } = tree.prove(key(1))
  const joined = entries.map(({ keyHash, valueHash }) => ({
    keyHash: concatBytes(keyHash, valueHash),
    valueHash: new Uint8Array(0),
  }))
  assert.not(verifyStateProof(tree.root(), key(1), undefined, { entries: joined, siblings }))
})

test.run()
