import path from 'node:path'
import { createStateTree, encodeBucket, hexFromBytes, type StateTree } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { copyState } from '../../src/storage/state/copy-state.ts'
import { dividePack, encodePack, openPack } from '../../src/storage/state/pack.ts'
import { openStateDatabase } from '../../src/storage/state/state-database.ts'
import { openStateStore, type StateStore } from '../../src/storage/state/state-store.ts'
import { inFolder } from './made-chain.ts'

const LOGGED_BYTES_MAX = 6_000

/** Numbers that a seed decides, 0 ≤ n < below. */
const createDice = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Changes some of a few hundred keys, and removes some, in the tree alone. */
const changeTree = (tree: StateTree, dice: (below: number) => number, most = 40): void => {
  const changes = Array.from({ length: 1 + dice(most) }, () => {
    const key = Buffer.from(`key ${dice(300)}`)
    const value = dice(5) === 0 ? undefined : new Uint8Array(1 + dice(90)).fill(dice(256))
    return [key.toString('hex'), { key: new Uint8Array(key), value }] as const
  })
  tree.install(tree.deltaOf(new Map(changes)))
}

const write = async (store: StateStore, tree: StateTree, height: number): Promise<void> => {
  const buckets = tree.dirtyBuckets()
  await store.write(height, buckets, Uint8Array.of(height))
  tree.markDurable(buckets)
}

const rootOf = (store: StateStore): string => hexFromBytes(createStateTree(store, store.occupied()).root())

for (const seed of [1, 2, 3])
  test(`every checkpoint comes back whole, however changes lie between log and packs (seed ${seed})`, () =>
    inFolder(async (home) => {
      const folder = path.join(home, 'state')
      const dice = createDice(seed)
      const open = () => openStateStore(folder, { loggedBytesMax: LOGGED_BYTES_MAX })
      let store = open()
      let tree = createStateTree(store, [])
      for (let height = 1; height <= 40; height++) {
        changeTree(tree, dice)
        await write(store, tree, height)
        const copy = path.join(home, `copy-${height}`)
        is(await copyState(folder, copy), height)
        const copied = openStateStore(copy, { isReadOnly: true })
        is(rootOf(copied), hexFromBytes(tree.root()), `height ${height}`)
        await copied.close()
        if (dice(8) > 0) continue
        await store.close()
        store = open()
        tree = createStateTree(store, store.occupied())
      }
      await store.close()
    }))

test('a view holds its checkpoint still while later ones are logged, folded and read', () =>
  inFolder(async (home) => {
    const dice = createDice(7)
    const store = openStateStore(path.join(home, 'state'), { loggedBytesMax: LOGGED_BYTES_MAX })
    const tree = createStateTree(store, [])
    for (let height = 1; height <= 5; height++) {
      changeTree(tree, dice)
      await write(store, tree, height)
    }
    const before = new Map(Array.from(store.occupied(), (index) => [index, store.readBucket(index)]))
    const view = store.openView()
    ok(view)
    for (let height = 6; height <= 30; height++) {
      changeTree(tree, dice)
      await write(store, tree, height)
    }
    is(view.height, 5)
    const seen: number[] = []
    for (let index = 0; index < 65_536; index++) {
      const content = view.readContent(index)
      if (content === undefined) continue
      seen.push(index)
      equal(content, encodeBucket(before.get(index) ?? []))
    }
    is(seen.length, before.size)
    view.close()
    await store.close()
  }))

test('the log stays short however often a node starts again', () =>
  inFolder(async (home) => {
    const folder = path.join(home, 'state')
    const dice = createDice(4)
    let longest = 0
    for (let height = 1; height <= 120; height++) {
      const store = openStateStore(folder, { loggedBytesMax: LOGGED_BYTES_MAX })
      const tree = createStateTree(store, store.occupied())
      changeTree(tree, dice, 8)
      await write(store, tree, height)
      is(rootOf(store), hexFromBytes(tree.root()))
      await store.close()
      const { root, changes } = openStateDatabase(folder, true)
      longest = Math.max(longest, changes.getCount())
      await root.close()
    }
    ok(longest > 10 && longest < 60, `${longest} logged checkpoints`)
  }))

test('a checkpoint as large as the log may be leaves none', () =>
  inFolder(async (home) => {
    const store = openStateStore(path.join(home, 'state'), { loggedBytesMax: 1 })
    const tree = createStateTree(store, [])
    changeTree(tree, createDice(9))
    await write(store, tree, 1)
    await store.close()
    const { root, changes, packs } = openStateDatabase(path.join(home, 'state'), true)
    is(changes.getCount(), 0)
    ok(packs.getCount() > 0)
    await root.close()
  }))

const bucketsOf = (sizes: readonly number[]) =>
  sizes.map((size, place) => ({ index: 100 + 3 * place, content: new Uint8Array(size).fill(place) }))

test('no byte of a pack can change unseen', () => {
  const buckets = bucketsOf([10, 1, 70])
  const pack = encodePack(90, buckets)
  const read = openPack(90, pack)
  equal(read?.indices(), [100, 103, 106])
  for (const { index, content } of buckets) equal(read?.contentOf(index), content)
  for (const index of [90, 101, 107]) is(read?.contentOf(index), undefined)
  is(openPack(91, pack), undefined)
  for (let at = 0; at < pack.length; at++) {
    const changed = Uint8Array.from(pack)
    changed[at] = (changed[at] as number) ^ 4
    const opened = openPack(90, changed)
    const found = buckets.filter(({ index }) => opened?.contentOf(index) === 'damaged')
    ok(opened === undefined || found.length === 1, `byte ${at}`)
  }
  for (let size = 0; size < pack.length; size++) {
    const opened = openPack(90, pack.subarray(0, size))
    ok(opened === undefined || opened.contentOf(106) === 'damaged', `${size} bytes`)
  }
})

test('packs are divided about evenly, and a large bucket has one to itself', () => {
  const parts = (sizes: readonly number[]) =>
    dividePack(90, bucketsOf(sizes)).map((part) => part.buckets.length)
  equal(parts([]), [0])
  equal(parts([10, 10]), [2])
  equal(parts(Array.from({ length: 10 }, () => 4_000)), [5, 5])
  equal(parts([10, 200_000, 10]), [1, 1, 1])
  equal(
    dividePack(90, bucketsOf([20_000, 20_000])).map(({ first }) => first),
    [90, 103],
  )
})

test.run()
