import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { suite } from 'uvu'
import { equal, match, not, ok } from 'uvu/assert'
import { createWalletHome, type WalletHome } from './wallet-home.ts'

interface Shown {
  readonly name: string
  readonly did: string
  readonly role: string
  readonly words?: string
}

const test = suite<{ home: WalletHome }>('identities')

test.before.each(async (context) => {
  context.home = await createWalletHome()
})
test.after.each(({ home }) => home.remove())

test('an identity is made, listed and shown', async ({ home }) => {
  const made = await home.ask<Shown>(['id', 'create', 'maria', '--role', 'patient'])
  match(made.did, /^did:medchain:z[1-9A-HJ-NP-Za-km-z]{43,44}$/)
  equal([made.name, made.role, made.words], ['maria', 'patient', undefined])
  equal((await home.ask<Shown>(['id', 'show'])).did, made.did)
  const { identities } = await home.ask<{ identities: Shown[] }>(['id', 'list'])
  equal(
    identities.map(({ name }) => name),
    ['maria'],
  )
})

test('words go to a new file of mode 0600, and bring the same identity back', async ({ home }) => {
  const file = path.join(home.folder, 'maria.words')
  const { did } = await home.ask<Shown>(['id', 'create', 'maria', '--role', 'patient', '--words-file', file])
  equal((await stat(file)).mode & 0o777, 0o600)
  const words = await readFile(file, 'utf8')
  equal(words.trim().split(' ').length, 24)
  const restored = await home.ask<Shown>(['id', 'restore', 'again', '--role', 'patient'], {
    input: words.toUpperCase().replaceAll(' ', '\n'),
  })
  equal(restored.did, did)
  const second = await home.run(['id', 'create', 'other', '--role', 'patient', '--words-file', file])
  equal(second.exitCode, 1)
  match(second.err, /\[file\.exists\]/)
})

test('words come out of the keystore when they are asked for, and only then', async ({ home }) => {
  const { words } = await home.ask<Shown>(['id', 'create', 'maria', '--role', 'patient', '--reveal-words'])
  equal((await home.ask<Shown>(['id', 'show', 'maria', '--reveal-words'])).words, words)
  equal((await home.ask<Shown>(['id', 'show', 'maria'])).words, undefined)
  const wallet = path.join(home.folder, 'wallet')
  for (const name of ['maria.keystore', 'maria.card.json']) {
    equal((await stat(path.join(wallet, name))).mode & 0o777, 0o600)
    not.ok((await readFile(path.join(wallet, name), 'latin1')).includes((words ?? '').slice(0, 12)))
  }
})

const refusals: readonly (readonly [string[], number, string])[] = [
  [['id', 'create', 'maria', '--role', 'patient'], 1, 'identity.name-taken'],
  [['id', 'create', 'eve', '--role', 'admin'], 2, 'usage.role'],
  [['id', 'create', 'eve'], 2, 'usage.missing-option'],
  [['id', 'create', '../eve', '--role', 'patient'], 2, 'usage.name'],
  [['id', 'show', 'eve'], 4, 'identity.not-found'],
  [['id', 'show', '--as', 'eve'], 4, 'identity.not-found'],
  [['register'], 5, 'node.unreachable'],
  [['grants'], 5, 'node.unreachable'],
]

test('refusals say what is wrong', async ({ home }) => {
  await home.ask(['id', 'create', 'maria', '--role', 'patient'])
  for (const [argv, exitCode, code] of refusals) {
    const run = await home.run(argv)
    equal(run.exitCode, exitCode, argv.join(' '))
    match(run.err, new RegExp(`\\[${code}\\]`), argv.join(' '))
  }
})

test('wrong words, a wrong passphrase, none, and a damaged keystore', async ({ home }) => {
  await home.ask(['id', 'create', 'maria', '--role', 'patient'])
  const reveal = ['id', 'show', 'maria', '--reveal-words']
  const wrong = await home.run(reveal, { env: { MEDCHAIN_PASSPHRASE: 'wrong' } })
  equal([wrong.exitCode, /\[keystore\.wrong-passphrase\]/.test(wrong.err)], [3, true])
  const none = await home.run(reveal, { env: { MEDCHAIN_PASSPHRASE: '' } })
  equal([none.exitCode, /\[passphrase\.missing\]/.test(none.err)], [2, true])
  const words = await home.run(['id', 'restore', 'x', '--role', 'patient'], { input: 'abandon '.repeat(24) })
  equal([words.exitCode, /\[words\.checksum\]/.test(words.err)], [2, true])
  const file = path.join(home.folder, 'wallet', 'maria.keystore')
  const bytes = await readFile(file)
  bytes[60] = (bytes[60] ?? 0) ^ 1
  await writeFile(file, bytes)
  const damaged = await home.run(reveal)
  equal([damaged.exitCode, /\[keystore\.damaged\]/.test(damaged.err)], [6, true])
})

test('with several identities one has to be named', async ({ home }) => {
  await home.ask(['id', 'create', 'maria', '--role', 'patient'])
  await home.ask(['id', 'create', 'lopez', '--role', 'practitioner'])
  const run = await home.run(['id', 'show'])
  equal(run.exitCode, 2)
  match(run.err, /lopez, maria/)
  equal((await home.ask<Shown>(['id', 'show'], { env: { MEDCHAIN_AS: 'lopez' } })).role, 'practitioner')
})

test('an identity moves to another machine in one file', async ({ home }) => {
  const file = path.join(home.folder, 'maria.medchain-id')
  const { did } = await home.ask<Shown>(['id', 'create', 'maria', '--role', 'patient'])
  await home.ask(['contact', 'add', 'somebody', did])
  await home.ask(['id', 'export', 'maria', file])
  const other = await createWalletHome()
  try {
    equal((await other.ask<Shown>(['id', 'import', 'maria', file])).did, did)
    ok((await other.run(['contact', 'list'])).out.includes('somebody'))
    const wrong = await other.run(['id', 'import', 'm2', file], { env: { MEDCHAIN_PASSPHRASE: 'no' } })
    equal(wrong.exitCode, 3)
  } finally {
    await other.remove()
  }
})

test('a card carries no secret and cannot be altered', async ({ home }) => {
  const card = path.join(home.folder, 'maria.card.json')
  const { did } = await home.ask<Shown>(['id', 'create', 'maria', '--role', 'patient'])
  await home.ask(['id', 'card', 'maria', '--out', card])
  const content = JSON.parse(await readFile(card, 'utf8'))
  equal(Object.keys(content).sort(), ['did', 'format', 'name', 'role', 'salt', 'sealingKey', 'signingKey'])
  equal((await home.ask<{ did: string }>(['contact', 'add', 'mia', card])).did, did)
  await writeFile(card, JSON.stringify({ ...content, sealingKey: '00'.repeat(32) }))
  const altered = await home.run(['contact', 'add', 'eve', card])
  equal([altered.exitCode, /\[card\.damaged\]/.test(altered.err)], [6, true])
})

test('a contact keeps its name', async ({ home }) => {
  const { did } = await home.ask<Shown>(['id', 'create', 'maria', '--role', 'patient'])
  const other = await home.ask<Shown>(['id', 'create', 'lopez', '--role', 'practitioner'])
  await home.ask(['contact', 'add', 'mia', did])
  await home.ask(['contact', 'add', 'mia', did])
  equal((await home.run(['contact', 'add', 'mia', other.did])).exitCode, 1)
  equal((await home.run(['contact', 'add', 'x', did.slice(0, 30)])).exitCode, 2)
})

test.run()
