import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import {
  accountIdFromDid,
  bytesFromBase32,
  charts,
  grantsOfChart,
  hexFromBytes,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, match, not, ok } from 'uvu/assert'
import { type SampleNode, startSampleNode } from '../sample/sample-node.ts'
import { createWalletHome, type WalletHome } from '../wallet/wallet-home.ts'

interface Sent {
  readonly did: string
  readonly grantId: string
  readonly txId: string
  readonly height: number
  readonly transactions: readonly { readonly txId: string; readonly height: number }[]
  readonly grants: readonly {
    readonly chart: string
    readonly compartment: string
    readonly grantId: string
  }[]
  readonly rotation?: string
}

interface Listed {
  readonly grants: readonly {
    readonly grantId: string
    readonly granteeName: string | null
    readonly compartments: readonly string[]
    readonly mode: string
    readonly status: string
    readonly rotation: string | null
    readonly until: string
  }[]
}

interface World {
  node: SampleNode
  maria: WalletHome
  lopez: WalletHome
}

const test = suite<World>('register, grant, revoke')

const failureOf = async (home: WalletHome, argv: readonly string[]) => {
  const { exitCode, out } = await home.run([...argv, '--json'], { nowMs: Date.now() })
  return [exitCode, JSON.parse(out).error?.code]
}

const ask = <T>(home: WalletHome, argv: readonly string[]): Promise<T> =>
  home.ask<T>(argv, { nowMs: Date.now() })

test.before.each(async (world) => {
  world.node = await startSampleNode()
  world.maria = await createWalletHome({ MEDCHAIN_NODE: world.node.url })
  world.lopez = await createWalletHome({ MEDCHAIN_NODE: world.node.url })
  await ask(world.maria, [
    'id',
    'create',
    'maria',
    '--role',
    'patient',
    '--words-file',
    path.join(world.maria.folder, 'words'),
  ])
  const { did } = await ask<Sent>(world.lopez, ['id', 'create', 'lopez', '--role', 'practitioner'])
  await ask(world.maria, ['contact', 'add', 'dr-lopez', did])
})

test.after.each(async ({ node, maria, lopez }) => {
  await Promise.all([node.close(), maria.remove(), lopez.remove()])
})

test('a patient registers thirteen charts once, with the sponsor writing for a year', async ({
  node,
  maria,
}) => {
  const first = await ask<Sent>(maria, ['register'])
  equal(first.transactions.length, 13)
  equal([first.txId, first.height], [first.transactions[0]?.txId, 13])
  const again = await ask<Sent>(maria, ['register'])
  equal([again.txId, again.height, node.chain.height()], [first.txId, first.height, 20])
  const { grants } = await ask<Listed>(maria, ['grants'])
  equal(
    grants.map(({ mode, compartments, status }) => [mode, compartments.length, status]),
    [['write', 13, 'active']],
  )
  match(grants[0]?.until ?? '', /T00:00:00Z$/)
  equal(node.kept.envelopes.length, 0)
})

test('--no-write gives the sponsor nothing; a practitioner gets an account', async ({ maria, lopez }) => {
  await ask(maria, ['register', '--no-write'])
  equal((await ask<Listed>(maria, ['grants'])).grants, [])
  const made = await ask<Sent>(lopez, ['register'])
  equal(made.transactions.length, 1)
  equal((await ask<Sent>(lopez, ['register'])).txId, made.txId)
  const { role, sponsorName } = await ask<{ role: string; sponsorName: string }>(maria, ['whois', 'dr-lopez'])
  equal([role, sponsorName], ['practitioner', 'north-hospital'])
  equal(await failureOf(lopez, ['grant', made.did, '--compartment', 'all']), [2, 'usage.role'])
})

test('a grant is one transaction and one envelope a chart, under one name', async ({
  node,
  maria,
  lopez,
}) => {
  await ask(maria, ['register', '--no-write'])
  await ask(lopez, ['register'])
  const given = await ask<Sent>(maria, ['grant', 'dr-lopez', '--compartment', 'all,hiv', '--until', '30d'])
  equal(given.grants.length, 8)
  equal(given.grants[0]?.grantId, given.grantId)
  equal(new Set(given.grants.map(({ chart }) => chart)).size, 8)
  equal(given.transactions.length, 8)
  equal(node.kept.envelopes.length, 8)
  const { grants } = await ask<Listed>(maria, ['grants'])
  equal(
    grants.map(({ grantId, granteeName, status }) => [grantId, granteeName, status]),
    [[given.grantId, 'dr-lopez', 'active']],
  )
})

test('a grant is revoked by its name’s beginning, or for one compartment', async ({ node, maria, lopez }) => {
  await ask(maria, ['register', '--no-write'])
  await ask(lopez, ['register'])
  const { grantId } = await ask<Sent>(maria, ['grant', 'dr-lopez', '--compartment', 'laboratory,imaging'])
  const part = await ask<Sent>(maria, ['revoke', grantId, '--compartment', 'imaging'])
  equal(
    part.grants.map(({ compartment }) => compartment),
    ['imaging'],
  )
  equal((await ask<Listed>(maria, ['grants'])).grants[0]?.status, 'active')
  const rest = await ask<Sent>(maria, ['revoke', grantId.slice(0, 6)])
  // The epoch began in the block after the end, and its key was split in the next one.
  equal([rest.rotation, rest.height, rest.grants.length], ['sealed', node.chain.height() - 2, 1])
  const [ended] = (await ask<Listed>(maria, ['grants'])).grants
  equal([ended?.status, ended?.rotation], ['revoked', 'sealed'])
  equal(await failureOf(maria, ['revoke', grantId]), [3, 'consent.already-revoked'])
  equal(await failureOf(maria, ['revoke', 'zzzzzz']), [4, 'consent.unknown-grant'])
})

test('refusals of a grant', async ({ maria, lopez }) => {
  equal(await failureOf(maria, ['grant', 'dr-lopez', '--compartment', 'all']), [4, 'consent.unknown-grantee'])
  await ask(lopez, ['register'])
  equal(await failureOf(maria, ['grant', 'dr-lopez', '--compartment', 'all']), [4, 'chart.not-found'])
  equal(await failureOf(maria, ['grant', 'dr-lopez']), [2, 'usage.scope'])
  equal(await failureOf(maria, ['grant', 'somebody', '--compartment', 'all']), [4, 'contact.not-found'])
  await ask(maria, ['register'])
  equal(await failureOf(maria, ['grant', 'dr-lopez', '--record', 'abcdef']), [4, 'record.not-found'])
})

test('research goes through the sponsor, and no key is given', async ({ node, maria, lopez }) => {
  await ask(maria, ['register', '--no-write'])
  await ask(lopez, ['register'])
  await ask(maria, ['grant', 'dr-lopez', '--compartment', 'general', '--purpose', 'HRESCH'])
  equal(node.kept.envelopes.length, 0)
  equal(
    await failureOf(maria, ['grant', 'dr-lopez', '--compartment', 'general', '--purpose', 'HRESCH,TREAT']),
    [2, 'usage.purpose'],
  )
})

test('keys that could not be delivered are told, and sent again later', async ({ node, maria, lopez }) => {
  await ask(maria, ['register', '--no-write'])
  await ask(lopez, ['register'])
  node.isAway = true
  const run = await maria.run(['grant', 'dr-lopez', '--compartment', 'laboratory', '--json'], {
    nowMs: Date.now(),
  })
  equal(run.exitCode, 8)
  const { grantId, undelivered } = JSON.parse(run.out)
  equal(undelivered, [grantId])
  match(run.err, /--resend/)
  node.isAway = false
  await ask(maria, ['grants', '--resend'])
  equal(node.kept.envelopes.length, 1)
})

test('nobody is sent the keys again of what the patient forbids', async ({ node, maria, lopez }) => {
  await ask(maria, ['register'])
  await ask(lopez, ['register'])
  const { grants } = await ask<Sent>(maria, ['grant', 'dr-lopez', '--compartment', 'laboratory'])
  const ids = grants.map(({ grantId }) => hexFromBytes(unwrap(bytesFromBase32(grantId))))
  const sentCount = () => node.kept.envelopes.filter(({ grantId }) => ids.includes(grantId)).length
  await ask(maria, ['grants', '--resend'])
  equal(sentCount(), 2)
  await ask(maria, ['grant', 'dr-lopez', '--compartment', 'laboratory', '--deny'])
  await ask(maria, ['grants', '--resend'])
  equal(sentCount(), 2)
})

test('24 words bring charts and grants back on another machine', async ({ maria, lopez, node }) => {
  await ask(maria, ['register'])
  await ask(lopez, ['register'])
  const { grantId } = await ask<Sent>(maria, ['grant', 'dr-lopez', '--compartment', 'laboratory'])
  const words = await readFile(path.join(maria.folder, 'words'), 'utf8')
  const other = await createWalletHome({ MEDCHAIN_NODE: node.url })
  const restored = await other.ask<{ charts: number; role: string }>(['id', 'restore', 'maria'], {
    input: words,
  })
  equal([restored.charts, restored.role], [13, 'patient'])
  await ask(other, ['revoke', grantId])
  // The first machine learns of it, and of what the other one added.
  ok((await ask<Listed>(maria, ['grants'])).grants.some(({ status }) => status === 'revoked'))
  await other.remove()
})

test('nothing that the chain keeps is shared by two charts of one person', async ({ node, maria, lopez }) => {
  await ask(maria, ['register'])
  await ask(lopez, ['register'])
  const { grants } = await ask<Sent>(maria, ['grant', 'dr-lopez', '--compartment', 'all', '--until', '45m'])
  const seen = grants.flatMap(({ chart }) => {
    const id = accountIdFromDid(chart)
    if (!id.ok) throw new Error(chart)
    const own = grantsOfChart(node.chain.view, id.value).at(-1)
    const facts = node.chain.view.get(charts, id.value)
    return [own?.termsDigest, own?.grantId, facts?.controllerKey, facts?.epochKey].map(String)
  })
  equal(new Set(seen).size, seen.length)
})

test('an interrupted registration is completed', async ({ node, maria }) => {
  node.isAway = true
  not.equal((await maria.run(['register'], { nowMs: Date.now() })).exitCode, 0)
  node.isAway = false
  equal((await ask<Sent>(maria, ['register'])).transactions.length, 13)
  await rm(path.join(maria.folder, 'wallet', 'maria.registration.json'))
  const again = await ask<Sent>(maria, ['register'])
  equal([again.transactions.length, again.height], [0, 20])
})

test.run()
