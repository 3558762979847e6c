import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match, not, ok } from 'uvu/assert'
import { startSampleNode } from '../sample/sample-node.ts'
import { createWalletHome } from '../wallet/wallet-home.ts'

interface Sets {
  readonly sets: readonly {
    readonly grantId: string
    readonly grants: readonly { readonly compartment: string }[]
  }[]
}

interface Listed {
  readonly grants: readonly {
    readonly grantId: string
    readonly compartments: readonly string[]
    readonly status: string
    readonly deny: boolean
    readonly mixed?: boolean
    readonly grants: readonly { readonly compartment: string; readonly deny: boolean }[]
  }[]
}

const node = await startSampleNode()
const env = { MEDCHAIN_NODE: node.url }
const [maria, lopez] = [await createWalletHome(env), await createWalletHome(env)]
const run = (home: typeof maria, ...argv: string[]) => home.run([...argv], { nowMs: Date.now() })
const ask = <T>(home: typeof maria, ...argv: string[]) => home.ask<T>(argv, { nowMs: Date.now() })
const file = (name: string): string => path.join(maria.folder, name)

test.after(async () => {
  await maria.remove()
  await lopez.remove()
  await node.close()
})

const json = async (name: string) => JSON.parse(await readFile(file(name), 'utf8'))

let first = ''
test('a grant goes out as a Consent; revoked it is inactive, and stays so', async () => {
  await ask(maria, 'id', 'create', 'maria', '--role', 'patient', '--words-file', file('words'))
  const { did } = await ask<{ did: string }>(
    lopez,
    ...['id', 'create', 'lopez', '--role', 'practitioner', '--words-file', path.join(lopez.folder, 'words')],
  )
  await ask(lopez, 'register')
  await ask(maria, 'register', '--no-write')
  const { grantId } = await ask<{ grantId: string }>(
    maria,
    ...['grant', did, '--compartment', 'laboratory,imaging', '--until', '30d'],
  )
  first = grantId
  await ask(maria, 'consent', 'export', grantId, '--out', file('consent.json'))
  const consent = await json('consent.json')
  equal([consent.resourceType, consent.id, consent.status], ['Consent', grantId, 'active'])
  equal(
    consent.provision.securityLabel.map(({ code }: { code: string }) => code),
    ['laboratory', 'imaging'],
  )
  await ask(maria, 'revoke', grantId)
  const all = await ask<{ consents: { id: string; status: string }[] }>(maria, 'consent', 'export')
  equal(all.consents, [{ id: grantId, status: 'inactive' }])
})

test('imported again it is a new grant under a new id', async () => {
  const { sets } = await ask<Sets>(maria, 'consent', 'import', file('consent.json'))
  equal(sets[0]?.grants.map(({ compartment }) => compartment).sort(), ['imaging', 'laboratory'])
  not.equal(sets[0]?.grantId, first)
  const { grants } = await ask<Listed>(maria, 'grants')
  equal(
    grants.map(({ grantId, status }) => [grantId, status]),
    [
      [first, 'revoked'],
      [sets[0]?.grantId, 'active'],
    ],
  )
})

test('exceptions become grants of one set, which is exported as it was said', async () => {
  const consent = await json('consent.json')
  const { period, actor, purpose } = consent.provision
  const label = (code: string) => ({ system: 'urn:medchain:compartment', code })
  const provision = {
    ...{ type: 'permit', period, actor, purpose, securityLabel: ['general', 'claims'].map(label) },
    provision: [{ type: 'deny', securityLabel: [label('claims')], purpose }],
  }
  await writeFile(file('exception.json'), JSON.stringify({ ...consent, provision }))
  const { sets } = await ask<Sets>(maria, 'consent', 'import', file('exception.json'))
  equal([sets.length, sets[0]?.grants.length], [1, 3])
  const { grants } = await ask<Listed>(maria, 'grants', '--active')
  const own = grants.find(({ grantId }) => grantId === sets[0]?.grantId)
  equal([own?.deny, own?.mixed], [false, true])
  equal(own?.grants.map(({ compartment, deny }) => `${compartment} ${deny}`).sort(), [
    'claims false',
    'claims true',
    'general false',
  ])
  await ask(maria, 'consent', 'export', sets[0]?.grantId ?? '', '--out', file('again.json'))
  const again = await json('again.json')
  equal(again.provision.type, 'deny')
  equal(again.provision.provision.map(({ type }: { type: string }) => type).sort(), ['deny', 'permit'])
})

test('a file names people by their DIDs and records by whole ids alone', async () => {
  const consent = await json('consent.json')
  const did = consent.provision.actor[0].reference.identifier.value
  await ask(maria, 'contact', 'add', 'lopez', did)
  const [before, names] = [await ask<Listed>(maria, 'grants'), structuredClone(consent)]
  names.provision.actor[0].reference.identifier.value = 'lopez'
  const data = [
    { meaning: 'instance', reference: { identifier: { system: 'urn:medchain:record', value: 'abcd' } } },
  ]
  for (const [name, content, code] of [
    ['named.json', names, 'identity.did'],
    ['prefix.json', { ...consent, provision: { ...consent.provision, data } }, 'consent.unsupported'],
  ]) {
    await writeFile(file(name), JSON.stringify(content))
    const refused = await run(maria, 'consent', 'import', file(name))
    equal(refused.exitCode, 2, refused.err)
    ok(refused.err.includes(`[${code}]`), refused.err)
  }
  equal((await ask<Listed>(maria, 'grants')).grants.length, before.grants.length)
})

test('what cannot be said is refused with its path, and nothing of the file is granted', async () => {
  const good = await json('consent.json')
  const bad = { ...good, provision: { ...good.provision, class: [{ code: 'Observation' }] } }
  const entry = [good, bad].map((resource) => ({ resource }))
  await writeFile(file('bundle.json'), JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
  const before = await ask<Listed>(maria, 'grants')
  const refused = await run(maria, 'consent', 'import', file('bundle.json'))
  equal(refused.exitCode, 2)
  match(refused.err, /Bundle\.entry\[1\]: Consent\.provision\.class: .*\[consent\.unsupported\]/)
  equal((await ask<Listed>(maria, 'grants')).grants.length, before.grants.length)
  const other = {
    ...good,
    patient: { identifier: { ...good.patient.identifier, value: 'did:medchain:zOther' } },
  }
  await writeFile(file('other.json'), JSON.stringify(other))
  const foreign = await run(maria, 'consent', 'import', file('other.json'))
  equal([foreign.exitCode, /consent\.other-patient/.test(foreign.err)], [3, true])
  const gone = await run(maria, 'consent', 'import', file('nothing.json'))
  equal(gone.exitCode, 4)
  ok(!/\n {4}at /.test(`${refused.err}${foreign.err}${gone.err}`))
})

test.run()
