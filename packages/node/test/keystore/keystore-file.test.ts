import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { equalBytes, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { drawPassphrase, readKeystore, writeKeystore } from '../../src/keystore/index.ts'

const secret = new Uint8Array(100).fill(5)
const codeOf = (result: { ok: boolean; code?: string }) => (result.ok ? 'ok' : result.code)

let folder = ''
test.before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'medchain-keystore-'))
})
test.after(() => rm(folder, { recursive: true }))

test('a keystore opens with its passphrase only, mode 0600, nothing left beside it', async () => {
  const file = path.join(folder, 'wallet')
  unwrap(await writeKeystore(file, 'correct horse', new Uint8Array(1)))
  unwrap(await writeKeystore(file, 'correct horse', secret))
  ok(equalBytes(unwrap(await readKeystore(file, 'correct horse')), secret))
  ok(equalBytes(unwrap(await readKeystore(file, new Uint8Array(Buffer.from('correct horse')))), secret))
  is(codeOf(await readKeystore(file, 'correct horsf')), 'keystore.wrong-passphrase')
  is(codeOf(await readKeystore(file, '')), 'keystore.wrong-passphrase')
  is((await stat(file)).mode & 0o777, 0o600)
  equal(await readdir(folder), ['wallet'])
  ok(!(await readFile(file)).includes(Buffer.from(secret.subarray(0, 16))))
})

test('a passphrase means the same however its accents are typed', async () => {
  const file = path.join(folder, 'accents')
  unwrap(await writeKeystore(file, 'caf\u00e9', secret))
  is(codeOf(await readKeystore(file, 'cafe\u0301')), 'ok')
})

test('a drawn key opens its keystore at once, as text and as bytes, and no other does', async () => {
  const file = path.join(folder, 'drawn')
  const drawn = drawPassphrase()
  unwrap(await writeKeystore(file, drawn, secret))
  is((await readFile(file))[4], 2)
  ok(equalBytes(unwrap(await readKeystore(file, drawn)), secret))
  ok(equalBytes(unwrap(await readKeystore(file, new Uint8Array(Buffer.from(drawn)))), secret))
  for (const other of [
    drawPassphrase(),
    drawn.slice(4),
    drawn.toUpperCase(),
    `${drawn} `,
    '',
    'correct horse',
  ])
    is(codeOf(await readKeystore(file, other)), 'keystore.wrong-passphrase')
})

test('what only looks like a drawn key is stretched, and a stretched one is not taken for drawn', async () => {
  const file = path.join(folder, 'stretched')
  for (const like of ['key:abc', `key:${'g'.repeat(64)}`, 'a'.repeat(64)]) {
    unwrap(await writeKeystore(file, like, secret))
    is((await readFile(file))[4], 1)
    is(codeOf(await readKeystore(file, like)), 'ok')
  }
  is(codeOf(await readKeystore(file, drawPassphrase())), 'keystore.wrong-passphrase')
})

test('every flipped byte and every truncation is damage, not a wrong passphrase', async () => {
  const file = path.join(folder, 'damaged')
  unwrap(await writeKeystore(file, 'x', secret))
  const pristine = await readFile(file)
  for (let at = 0; at < pristine.length; at++) {
    const bytes = Buffer.from(pristine)
    bytes[at] = (bytes[at] as number) ^ 1
    await writeFile(file, bytes)
    is(codeOf(await readKeystore(file, 'x')), 'keystore.damaged', `byte ${at}`)
    await writeFile(file, pristine.subarray(0, at))
    is(codeOf(await readKeystore(file, 'x')), 'keystore.damaged', `cut at ${at}`)
  }
})

test('missing, unreadable and unwritable files have their codes', async () => {
  is(codeOf(await readKeystore(path.join(folder, 'none'), 'x')), 'keystore.missing')
  await mkdir(path.join(folder, 'taken'))
  is(codeOf(await readKeystore(path.join(folder, 'taken'), 'x')), 'keystore.unreadable')
  is(
    codeOf(await writeKeystore(path.join(folder, 'no', 'such', 'folder'), 'x', secret)),
    'keystore.unwritable',
  )
  is(codeOf(await writeKeystore(path.join(folder, 'taken'), 'x', secret)), 'keystore.unwritable')
})

test.run()
