import { createHash } from 'node:crypto'
import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type Bucket,
  createOverlay,
  createStateTree,
  encodeLastSigned,
  networkIdOf,
  type Refusal,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, is, match, not, ok, throws } from 'uvu/assert'
import { nodePaths } from '../../src/config/index.ts'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import { examineHome, type Finding } from '../../src/storage/index.ts'
import { openIndex, openTransactionHeights } from '../../src/storage/index-database.ts'
import { openStateStore } from '../../src/storage/state/state-store.ts'
import { createTransactionIndex } from '../../src/storage/transaction-index.ts'
import { damageState } from './damage-state.ts'
import { inFolder, makeChain } from './made-chain.ts'
import { openHome, segmentFile, storingFor } from './stored-home.ts'

const chain = makeChain(12)

const { withStorage, fill } = storingFor(chain)

const flip = async (file: string, at: number): Promise<void> => {
  const bytes = await readFile(file)
  bytes[at] = (bytes[at] as number) ^ 0x40
  await writeFile(file, bytes)
}

const examine = async (home: string): Promise<Finding[]> => {
  const findings: Finding[] = []
  for await (const finding of examineHome(home, chain.genesis, signatureVerifier)) findings.push(finding)
  return findings
}

const codeOf = async (opened: Promise<{ readonly ok: boolean } | Refusal>): Promise<string> => {
  const result = await opened
  return 'code' in result ? result.code : 'opened'
}

test('blocks come back as they were written, after a restart too', () =>
  inFolder(async (home) => {
    await fill(home, chain.blocks.slice(0, 5))
    await withStorage(home, async ({ blocks }) => {
      equal(blocks.headHeight(), 5)
      await blocks.append(chain.blocks.slice(5))
      for (const { height, bytes } of chain.blocks) equal(blocks.readBlock(height), bytes)
      equal(blocks.readBlock(13), undefined)
    })
    equal(await examine(home), [])
  }))

test('a gap is refused', () =>
  inFolder((home) =>
    withStorage(home, async ({ blocks }) => {
      const error = await blocks.append(chain.blocks.slice(1)).catch((reason: unknown) => reason)
      match(String(error), /Block 1 has to be stored next/)
    }),
  ))

test('a tail torn at any byte is cut, and the rest stands', () =>
  inFolder(async (home) => {
    await fill(home, chain.blocks.slice(0, 3))
    const file = await segmentFile(home)
    const { size } = await stat(file)
    const third = size / 3
    for (const missing of [1, 40, Math.floor(third / 2), third - 1]) {
      await truncate(file, size - missing)
      await withStorage(home, async ({ blocks }) => {
        equal(blocks.headHeight(), 2)
        equal(blocks.readBlock(2), chain.blocks[1]?.bytes)
        await blocks.append(chain.blocks.slice(2, 3))
      })
      equal((await stat(file)).size, size)
    }
    await appendFile(file, new Uint8Array(100))
    await withStorage(home, async ({ blocks }) => equal(blocks.headHeight(), 3))
    equal((await stat(file)).size, size)
  }))

test('a block written after the last index write is found again', () =>
  inFolder(async (home) => {
    await fill(home, chain.blocks.slice(0, 2))
    const file = await segmentFile(home)
    const whole = await readFile(file)
    await inFolder(async (other) => {
      await fill(other, chain.blocks.slice(0, 4))
      const longer = await readFile(await segmentFile(other))
      equal(longer.subarray(0, whole.length), whole)
      await writeFile(file, longer)
    })
    await withStorage(home, async ({ blocks }) => equal(blocks.readBlock(4), chain.blocks[3]?.bytes))
  }))

test('a flipped byte is named by file and height, by the doctor and at use', () =>
  inFolder(async (home) => {
    await fill(home)
    const file = await segmentFile(home)
    const { size } = await stat(file)
    for (const height of [1, 6, 12]) {
      const at = Math.floor((size / 12) * (height - 0.5))
      await flip(file, at)
      const findings = await examine(home)
      equal(findings[0]?.code, 'storage.block-damaged')
      match(findings[0]?.message ?? '', new RegExp(`Block ${height} `))
      match(findings[0]?.where ?? '', file)
      await withStorage(home, async ({ blocks }) => {
        let caught: unknown
        try {
          blocks.readBlock(height)
        } catch (error) {
          caught = error
        }
        match(String(caught), new RegExp(`Block ${height} in .*000001.blocks is not as it was written`))
        ok(blocks.readBlock(height === 1 ? 2 : 1))
      })
      await flip(file, at)
      equal(await examine(home), [])
    }
  }))

test('damage among blocks that the index does not know is named when one of them is read', () =>
  inFolder(async (home) => {
    await fill(home, chain.blocks.slice(0, 1))
    await inFolder(async (other) => {
      await fill(other)
      await writeFile(await segmentFile(home), await readFile(await segmentFile(other)))
    })
    const file = await segmentFile(home)
    const { size } = await stat(file)
    for (const height of [6, 7]) await flip(file, Math.floor((size / 12) * (height - 0.5)))
    await withStorage(home, async ({ blocks }) => {
      equal(blocks.headHeight(), 12)
      for (const height of [6, 7]) throws(() => blocks.readBlock(height), new RegExp(`Block ${height} in`))
      equal(blocks.readBlock(8), chain.blocks[7]?.bytes)
    })
    equal(
      (await examine(home)).map(({ message }) => message.slice(0, 7)),
      ['Block 6', 'Block 7'],
    )
  }))

test('a healed copy stands for a damaged block, also for the doctor, and damage to the copy is named', () =>
  inFolder(async (home) => {
    await fill(home)
    const file = await segmentFile(home)
    await flip(file, Math.floor(((await stat(file)).size / 12) * 5.5))
    const block = chain.blocks[5] as (typeof chain.blocks)[number]
    await withStorage(home, async ({ blocks }) => {
      throws(() => blocks.readBlock(6), /Block 6/)
      await blocks.heal(block)
      equal(blocks.readBlock(6), block.bytes)
    })
    equal(await examine(home), [])
    await flip(path.join(path.dirname(file), 'healed', '000000000006.block'), 100)
    await withStorage(home, async ({ blocks }) => throws(() => blocks.readBlock(6), /Block 6/))
    equal((await examine(home))[0]?.code, 'storage.block-damaged')
  }))

test('a block of another chain is false for the doctor', () =>
  inFolder(async (home) => {
    const other = makeChain(3)
    await fill(home, [...chain.blocks.slice(0, 2), ...other.blocks.slice(2)])
    const findings = await examine(home)
    ok(findings.length > 0 && findings.every(({ code }) => code === 'storage.block-invalid'))
    match(findings[0]?.where ?? '', /block 3/)
  }))

const someState = () => {
  const overlay = createOverlay({ read: () => undefined })
  const tree = createStateTree({ readBucket: () => [] }, [])
  const changes = new Map(
    Array.from({ length: 500 }, (_, i) => {
      const key = Buffer.from(`key ${i}`)
      return [key.toString('hex'), { key: new Uint8Array(key), value: new Uint8Array(40).fill(i) }]
    }),
  )
  overlay.absorb(changes)
  tree.install(tree.deltaOf(overlay.changes))
  return { root: tree.root(), buckets: tree.dirtyBuckets() }
}

test('a checkpoint comes back with its root and meta; emptied buckets go', () =>
  inFolder(async (home) => {
    const { root, buckets } = someState()
    await fill(home)
    await withStorage(home, ({ state }) => state.write(7, buckets, Uint8Array.of(1, 2, 3)))
    await withStorage(home, async ({ state }) => {
      equal(state.checkpoint(), { height: 7, meta: Uint8Array.of(1, 2, 3) })
      equal(createStateTree(state, state.occupied()).root(), root)
      const [first] = buckets.keys()
      await state.write(8, new Map<number, Bucket>([[first as number, []]]), Uint8Array.of(4))
      equal(state.readBucket(first as number), [])
    })
    await withStorage(home, async ({ state }) => equal([...state.occupied()].length, buckets.size - 1))
  }))

test('a changed byte of the state is named, and the state begins anew', () =>
  inFolder(async (home) => {
    const { state: folder } = nodePaths(home)
    await fill(home)
    await withStorage(home, ({ state }) => state.write(7, someState().buckets, new Uint8Array(0)))
    is(await damageState(folder), 1)
    const [finding] = await examine(home)
    equal(finding?.code, 'storage.state-damaged')
    match(finding?.message ?? '', /changes up to block 7/)
    await withStorage(home, async ({ state }) => equal(state.checkpoint(), undefined))
    const store = openStateStore(folder, { loggedBytesMax: 1 })
    await store.write(7, someState().buckets, new Uint8Array(0))
    await store.close()
    ok((await damageState(folder)) > 1)
    match((await examine(home))[0]?.message ?? '', /bucket \d+/)
    await withStorage(home, async ({ state }) => equal(state.checkpoint(), undefined))
  }))

test('a state whose root is not that of its header is found', () =>
  inFolder(async (home) => {
    await fill(home)
    await withStorage(home, ({ state }) => state.write(7, someState().buckets, new Uint8Array(0)))
    equal(
      (await examine(home)).map(({ code }) => code),
      ['storage.state-root'],
    )
  }))

test('a state above the last block is dropped', () =>
  inFolder(async (home) => {
    await withStorage(home, ({ state }) => state.write(7, someState().buckets, new Uint8Array(0)))
    await withStorage(home, async ({ state }) => equal(state.checkpoint(), undefined))
  }))

test('WAL and last-signed file keep what they were given', () =>
  inFolder(async (home) => {
    await withStorage(home, async ({ wal, lastSigned }) => {
      equal([wal.found, lastSigned.found], [undefined, undefined])
      await wal.append(Uint8Array.of(1), false)
      await wal.append(Uint8Array.of(2, 3, 9, 9), true)
      await wal.cut(2)
      await wal.append(Uint8Array.of(4), false)
      await wal.append(Uint8Array.of(5, 6, 7, 8), true)
      await wal.append(Uint8Array.of(2), true)
      await wal.append(Uint8Array.of(3, 4), false)
      await lastSigned.replace(Uint8Array.of(9))
      await lastSigned.replace(Uint8Array.of(8))
    })
    await withStorage(home, async ({ wal, lastSigned }) =>
      equal([wal.found, lastSigned.found], [Uint8Array.of(2, 3, 4), Uint8Array.of(8)]),
    )
  }))

test('a damaged write-ahead log or last-signed record is found', () =>
  inFolder(async (home) => {
    await withStorage(home, async ({ lastSigned }) => {
      await lastSigned.replace(encodeLastSigned(networkIdOf(chain.genesis), { height: 3, round: 1 }))
    })
    equal(await examine(home), [])
    const file = path.join(nodePaths(home).wal, 'last-signed')
    await flip(file, (await stat(file)).size - 6)
    equal(
      (await examine(home)).map(({ code }) => code),
      ['storage.last-signed-damaged'],
    )
  }))

const idsOf = (name: string, count: number): Uint8Array[] =>
  Array.from(
    { length: count },
    (_, i) => new Uint8Array(createHash('sha256').update(`${name} ${i}`).digest()),
  )

test('transaction ids lead to their height, from memory and from disk', () =>
  inFolder(async (home) => {
    const batches = Array.from({ length: 70 }, (_, at) => idsOf(`height ${at + 1}`, 500))
    await withStorage(home, async ({ transactions }) => {
      const assertFound = (upTo: number): void => {
        for (const [at, ids] of batches.slice(0, upTo).entries())
          for (const id of [ids[0], ids[499]]) equal(transactions.heightOf(id as Uint8Array), at + 1)
      }
      for (const [at, ids] of batches.entries()) {
        transactions.add(at + 1, ids)
        const relieved = transactions.relieve()
        assertFound(at + 1)
        await relieved
        assertFound(at + 1)
      }
      const durable = transactions.indexedHeight()
      ok(durable >= 70 - 34 && durable < 70, `written up to ${durable}`)
    })
    await withStorage(home, async ({ transactions }) => {
      for (const [at, ids] of batches.entries())
        for (const id of ids) equal(transactions.heightOf(id), at + 1)
      equal(transactions.heightOf(new Uint8Array(32)), undefined)
      equal(transactions.indexedHeight(), 70)
    })
  }))

test('the index of a quiet network is written, too, before a start had many blocks to read again', () =>
  inFolder(async (home) => {
    const root = openIndex(home)
    const index = createTransactionIndex(root, openTransactionHeights(root))
    for (let height = 1; height <= 5_000; height++) {
      index.add(height, height % 1_000 === 1 ? idsOf(`${height}`, 1) : [])
      await index.relieve()
    }
    ok(index.indexedHeight() >= 5_000 - 4_096, `written up to ${index.indexedHeight()}`)
    await root.close()
  }))

test('the index says nothing of a height before all of its transactions are on disk', () =>
  inFolder(async (home) => {
    const root = openIndex(home)
    const heights = openTransactionHeights(root)
    const first = createTransactionIndex(root, heights)
    const idsAt = Array.from({ length: 100 }, (_, height) => idsOf(`${height}`, 300))
    for (let height = 1; height < 100; height++) {
      first.add(height, idsAt[height] as Uint8Array[])
      await first.relieve()
      const again = createTransactionIndex(root, heights)
      equal(again.indexedHeight(), first.indexedHeight())
      const newest = idsAt[again.indexedHeight()] as Uint8Array[]
      if (again.indexedHeight() > 0) for (const id of newest) equal(again.heightOf(id), again.indexedHeight())
    }
    ok(first.indexedHeight() > 20, `${first.indexedHeight()}`)
    await first.flush()
    equal(createTransactionIndex(root, heights).indexedHeight(), 99)
    await root.close()
  }))

test('two daemons cannot open one home, and a home belongs to one network', () =>
  inFolder(async (home) => {
    await withStorage(home, async () => equal(await codeOf(openHome(home, chain)), 'storage.locked'))
    equal(await codeOf(openHome(home, makeChain(0))), 'genesis.mismatch')
    const findings: Finding[] = []
    for await (const finding of examineHome(home, makeChain(0).genesis, signatureVerifier))
      findings.push(finding)
    equal(findings[0]?.code, 'genesis.mismatch')
    await writeFile(path.join(nodePaths(home).data, 'store.json'), '{')
    equal(await codeOf(openHome(home, chain)), 'storage.record-damaged')
    not.equal(await codeOf(openHome(home, chain)), 'storage.locked')
  }))

test.run()
