import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { equalBytes, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import {
  contentFor,
  damagesOf,
  envelopes,
  filesOf,
  flipByte,
  inFolder,
  keyOf,
  openVault,
  randomPieces,
} from './scratch-vault.ts'

const COUNT = 10

/** A closed vault of ten small values; with `cleanly` false as a kill would leave it. */
const prepare = async (folder: string, cleanly: boolean): Promise<string> => {
  const vault = await openVault(folder)
  await vault.putBatch(envelopes(0, COUNT, 200))
  await vault.close()
  if (!cleanly) for (const file of await filesOf(folder, '.heads')) await writeFile(file, '')
  return (await filesOf(folder, '.values'))[0] as string
}

/** What each value answers: 'ok', 'none' or the refusal's code. */
const answers = async (folder: string) => {
  const vault = await openVault(folder)
  const found: string[] = []
  for (let number = 0; number < COUNT; number++) {
    const got = await vault.get('envelope', keyOf(number))
    if (!got.ok) found.push(got.code)
    else if (got.value === undefined) found.push('none')
    else found.push(equalBytes(got.value, contentFor(number, 200)) ? 'ok' : 'WRONG')
  }
  const damages = await damagesOf(vault)
  const { cutTails } = vault.stats()
  await vault.close()
  return { found, damages, cutTails }
}

for (const cleanly of [true, false]) {
  test(
    `a flipped byte anywhere is named and the rest is served (${cleanly ? 'closed' : 'killed'})`,
    inFolder(async (folder) => {
      const file = await prepare(folder, cleanly)
      const { size } = await stat(file)
      const pristine = await readFile(file)
      for (let at = 0; at < size; at += 13) {
        await flipByte(file, at)
        const { found, damages, cutTails } = await answers(folder)
        ok(!found.includes('WRONG'), `byte ${at} is served`)
        ok(
          found.filter((each) => each === 'ok').length >= COUNT - 1,
          `byte ${at} costs more than one value: ${found}`,
        )
        is(damages.length, 1, `byte ${at} is not named once: ${JSON.stringify(damages)}`)
        is(damages[0]?.file, path.basename(file))
        is(cutTails.length, 0)
        await writeFile(file, pristine)
        if (!cleanly) for (const heads of await filesOf(folder, '.heads')) await writeFile(heads, '')
      }
    }),
  )
}

test(
  'the refusal names the file',
  inFolder(async (folder) => {
    const file = await prepare(folder, true)
    await flipByte(file, 150)
    const vault = await openVault(folder)
    const got = await vault.get('envelope', keyOf(0))
    is(got.ok ? 'ok' : got.code, 'vault.damaged')
    match(got.ok ? '' : got.message, /00000001\.values at 0 bytes/)
    await vault.close()
  }),
)

test(
  'a write cut off by a kill is cut away at every length, and the vault goes on',
  inFolder(async (folder) => {
    const file = await prepare(folder, false)
    const pristine = await readFile(file)
    const entryBytes = pristine.length / COUNT
    for (let lost = 1; lost <= entryBytes; lost += 7) {
      await writeFile(file, pristine)
      for (const heads of await filesOf(folder, '.heads')) await writeFile(heads, '')
      await truncate(file, pristine.length - lost)
      const { found, damages, cutTails } = await answers(folder)
      equal(found, [...Array<string>(COUNT - 1).fill('ok'), 'none'], `${lost} bytes lost`)
      equal(damages, [])
      is(cutTails[0]?.sizeBytes ?? 0, entryBytes - lost)
    }
    const vault = await openVault(folder)
    await vault.putBatch(envelopes(COUNT - 1, COUNT, 200))
    await vault.close()
    equal((await answers(folder)).found, Array<string>(COUNT).fill('ok'))
  }),
)

test(
  'rubbish behind the last entry is cut away',
  inFolder(async (folder) => {
    const file = await prepare(folder, true)
    await appendFile(file, Buffer.alloc(777))
    const { found, cutTails } = await answers(folder)
    equal(found, Array<string>(COUNT).fill('ok'))
    equal(cutTails, [{ file: path.basename(file), sizeBytes: 777 }])
  }),
)

test(
  'a damaged key file costs its segment, is named, and the vault takes new values',
  inFolder(async (folder) => {
    await prepare(folder, true)
    const [keys] = (await filesOf(folder, '.keys')) as [string]
    await flipByte(keys, 30)
    const vault = await openVault(folder)
    const got = await vault.get('envelope', keyOf(0))
    is(got.ok ? 'ok' : got.code, 'vault.damaged')
    const damages = await damagesOf(vault)
    is(damages[0]?.file, '00000001.keys')
    await vault.putBatch(envelopes(0, 1, 200))
    ok(equalBytes(unwrap(await vault.get('envelope', keyOf(0))) as Uint8Array, contentFor(0, 200)))
    await vault.close()
  }),
)

test(
  'a damaged list of heads is no loss',
  inFolder(async (folder) => {
    await prepare(folder, true)
    const [heads] = (await filesOf(folder, '.heads')) as [string]
    await flipByte(heads, 40)
    const { found, damages } = await answers(folder)
    equal(found, Array<string>(COUNT).fill('ok'))
    equal(damages, [])
  }),
)

test(
  'a damaged, shortened or missing large file is named',
  inFolder(async (folder) => {
    const vault = await openVault(folder, { smallBytesMax: 1000 })
    await vault.putStream({ kind: 'ciphertext', key: keyOf(1) }, randomPieces(10, 30_000))
    const [file] = (await filesOf(folder, '.value')) as [string]
    const pristine = await readFile(file)
    const codeNow = async () => {
      const got = await vault.get('ciphertext', keyOf(1))
      const [damage] = await damagesOf(vault)
      is(damage?.file, got.ok ? undefined : path.basename(file))
      return got.ok ? 'ok' : got.code
    }
    is(await codeNow(), 'ok')
    for (const at of [0, 65_551, 65_552, pristine.length - 1]) {
      await flipByte(file, at)
      is(await codeNow(), 'vault.damaged')
      await writeFile(file, pristine)
    }
    await writeFile(file, pristine.subarray(0, 65_552))
    is(await codeNow(), 'vault.damaged')
    await writeFile(file, pristine)
    is(await codeNow(), 'ok')
    await vault.close()
  }),
)

test(
  'large files without an entry are removed at the start',
  inFolder(async (folder) => {
    await prepare(folder, true)
    await writeFile(path.join(folder, 'large', '00.value'), 'left by a crash')
    await (await openVault(folder)).close()
    equal(await filesOf(folder, '.value'), [])
  }),
)

test.run()
