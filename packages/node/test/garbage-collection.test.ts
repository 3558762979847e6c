import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const MODULE = path.resolve(import.meta.dirname, '../src/garbage-collection.ts')

/** Drops two GB of buffers one by one beside a heap of some size, and prints how often all of it was looked through. */
const script = (isWeighed: boolean): string => `
  import { PerformanceObserver, constants } from 'node:perf_hooks'
  import { weighBuffersWithHeap } from ${JSON.stringify(MODULE)}
  if (${isWeighed}) weighBuffersWithHeap()
  const heap = Array.from({ length: 300_000 }, (_, index) => ({ index }))
  let count = 0
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries())
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count += 1
  })
  observer.observe({ entryTypes: ['gc'] })
  for (let at = 0; at < 200; at++) {
    for (let each = 0; each < 100; each++) new Uint8Array(100_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await new Promise((resolve) => setImmediate(resolve))
  console.log(JSON.stringify({ count, heap: heap.length }))
`

const collections = async (isWeighed: boolean): Promise<number> => {
  const args = ['--input-type=module', '--eval', script(isWeighed)]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
  assert.is(stderr, '')
  return (JSON.parse(stdout) as { readonly count: number }).count
}

test('buffers that are dropped at once have the heap looked through seldom', async () => {
  const [plain, weighed] = [await collections(false), await collections(true)]
  assert.ok(weighed * 2 < plain, `${weighed} collections in place of ${plain}`)
})

test.run()
