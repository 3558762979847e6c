import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { readLines } from '../../src/importing/read-lines.ts'
import { createPieces } from '../../src/importing/send-large.ts'

async function* inChunks(text: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes)
}

test('portions end at line feeds, lose nothing and count on', async () => {
  const text = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')
  for (const chunkBytes of [1, 7, 64, 10_000]) {
    let joined = ''
    for await (const portion of readLines(inChunks(text, chunkBytes), 50)) {
      const own = Buffer.from(portion.text).toString()
      equal(own.startsWith(`line ${portion.firstLine}\n`) || own === `line ${portion.firstLine}`, true)
      joined += own
    }
    equal(joined, text, `chunks of ${chunkBytes}`)
  }
})

test('pieces have their exact size, the last one less', async () => {
  const sizes: number[] = []
  const pieces = createPieces(10, async (piece) => void sizes.push(piece.length))
  for (const length of [3, 25, 0, 4]) await pieces.push(new Uint8Array(length))
  await pieces.finish()
  equal(sizes, [10, 10, 10, 2])
  await pieces.finish()
  equal(sizes.length, 4)
})

test.run()
