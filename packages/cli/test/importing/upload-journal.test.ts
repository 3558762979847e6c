import { appendFile, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { nodeCiphers } from '@medchain/node'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { type JournalPlace, openUploadJournal, type UploadStart } from '../../src/importing/upload-journal.ts'

const test = suite<{ place: JournalPlace }>('upload journal')
const NOW = Date.now()
const digest = new Uint8Array(32).fill(1)
const fill = (size: number, value: number) => new Uint8Array(size).fill(value)
const start: UploadStart = {
  k1: fill(32, 1),
  k2: fill(32, 2),
  salt: fill(32, 3),
  networkId: fill(32, 4),
  chart: fill(32, 5),
  epoch: 7,
  nonce: fill(16, 6),
  uploadId: fill(16, 8),
}

test.before.each(async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'medchain-journal-'))
  context.place = { folder, key: nodeCiphers.randomBytes(32) }
})
test.after.each(({ place }) => rm(place.folder, { recursive: true, force: true }))

const fileOf = async ({ folder }: JournalPlace, ending: string): Promise<string> =>
  path.join(folder, (await readdir(folder)).find((name) => name.endsWith(ending)) ?? '')

test('what was begun is found again, with the pieces that left', async ({ place }) => {
  const journal = await openUploadJournal(place, digest, NOW)
  is(journal.start, undefined)
  await journal.begin(start)
  for (const value of [1, 2]) await journal.notePiece(fill(32, value))
  const again = await openUploadJournal(place, digest, NOW)
  equal([again.start, again.pieces], [start, [fill(32, 1), fill(32, 2)]])
  is((await openUploadJournal(place, fill(32, 9), NOW)).start, undefined)
  await again.remove()
  equal(await readdir(place.folder), [])
})

test('a torn note belongs to a piece that never left', async ({ place }) => {
  const journal = await openUploadJournal(place, digest, NOW)
  await journal.begin(start)
  await journal.notePiece(fill(32, 1))
  await appendFile(await fileOf(place, '.pieces'), fill(5, 9))
  const again = await openUploadJournal(place, digest, NOW)
  equal(again.pieces, [fill(32, 1)])
  await again.notePiece(fill(32, 2))
  equal((await openUploadJournal(place, digest, NOW)).pieces, [fill(32, 1), fill(32, 2)])
})

test('its keys stand nowhere in the clear, and open under the identity’s key only', async ({ place }) => {
  await (await openUploadJournal(place, digest, NOW)).begin(start)
  const bytes = await readFile(await fileOf(place, '.start'))
  ok(!bytes.includes(Buffer.from(start.k1)) && !bytes.includes(Buffer.from(start.k2)))
  // Another key finds other names; under the same name it would not open.
  const other = { ...place, key: nodeCiphers.randomBytes(32) }
  is((await openUploadJournal(other, digest, NOW)).start, undefined)
})

test('what nobody went on with for a week is forgotten', async ({ place }) => {
  await (await openUploadJournal(place, digest, NOW)).begin(start)
  const old = NOW / 1000 - 8 * 86_400
  await utimes(await fileOf(place, '.start'), old, old)
  is((await openUploadJournal(place, digest, NOW)).start, undefined)
})

test.run()
