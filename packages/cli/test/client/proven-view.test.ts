import { chartGrants, charts, createOverlay, grantIdOf, grants, positionKey } from '@medchain/core'
import { suite } from 'uvu'
import { equal, match } from 'uvu/assert'
import { grantsOfChart } from '../../src/client/accounts.ts'
import { createNodeClient, type NodeClient } from '../../src/client/node-client.ts'
import { provenHeight } from '../../src/client/proven-transaction.ts'
import { readProven } from '../../src/client/proven-view.ts'
import { createSampleChain } from '../sample/sample-chain.ts'
import { type SampleNode, startSampleNode } from '../sample/sample-node.ts'

const CHART = new Uint8Array(32).fill(7)
const GRANTS = 3

const test = suite<{ node: SampleNode }>('proven readings')

const grantAt = (position: number) => ({
  grantId: grantIdOf(CHART, new Uint8Array(32).fill(position)),
  grantee: new Uint8Array(32).fill(9),
  mode: 'read' as const,
  purposes: ['TREAT'] as const,
  fromMs: 1,
  untilMs: 2,
  scopeDigest: undefined,
  termsDigest: new Uint8Array(32).fill(position),
  broker: undefined,
  isDeny: false,
  chart: CHART,
  grantedHeight: position,
  revokedHeight: undefined,
})

test.before.each(async (context) => {
  const chain = createSampleChain(Date.now)
  const { view, changes } = createOverlay({ read: () => undefined })
  const none = new Uint8Array(32)
  view.put(
    charts,
    {
      sponsor: none,
      controllerKey: none,
      epoch: 0,
      epochKey: none,
      registeredHeight: 1,
      batchCount: 0,
      recordCount: 0,
      recordChain: none,
      grantCount: GRANTS,
    },
    CHART,
  )
  for (let position = 0; position < GRANTS; position++) {
    const grant = grantAt(position)
    view.put(grants, grant, grant.grantId)
    view.put(chartGrants, grant.grantId, CHART, positionKey(position))
  }
  chain.absorb(changes)
  context.node = await startSampleNode(chain)
})
test.after.each(({ node }) => node.close())

type Entries = { entries: { value: string | null; proof: string }[] }

/** A client whose node alters the answers to questions about several entries. */
const lyingClient = (node: SampleNode, alter: (answer: Entries) => void): NodeClient => {
  const client = createNodeClient(node.url, Date.now)
  return {
    ...client,
    ask: async <T>(path: string, body: object) => {
      const answer = await client.ask<T>(path, body)
      alter(answer as Entries)
      return answer
    },
  }
}

const codeOf = async (asking: Promise<unknown>): Promise<string> => {
  try {
    await asking
    return 'believed'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

test('a list is complete, and a node that leaves something out is named', async ({ node }) => {
  const client = createNodeClient(node.url, Date.now)
  equal((await grantsOfChart(client, CHART)).length, GRANTS)
  const without = lyingClient(node, ({ entries }) => {
    const last = entries.at(-1)
    if (last) last.value = null
  })
  equal(await codeOf(grantsOfChart(without, CHART)), 'proof.false')
  const shorter = lyingClient(node, ({ entries }) => void entries.pop())
  equal(await codeOf(grantsOfChart(shorter, CHART)), 'proof.false')
  const swapped = lyingClient(node, ({ entries }) => void entries.reverse())
  equal(await codeOf(grantsOfChart(swapped, CHART)), 'proof.false')
  const error = await grantsOfChart(without, CHART).catch((thrown: Error) => thrown)
  match((error as Error).message, `${node.url} (north-hospital)`)
})

test('a reading sees one height, and the head that it is proven at', async ({ node }) => {
  const client = createNodeClient(node.url, Date.now)
  const { height, count } = await readProven(client, (view, head) => ({
    height: head.height,
    count: view.get(charts, CHART)?.grantCount,
  }))
  equal([height, count], [node.chain.height(), GRANTS])
})

test('an unknown transaction has no height', async ({ node }) => {
  const client = { ...createNodeClient(node.url, Date.now), isTrusting: false }
  equal(await codeOf(provenHeight(client, new Uint8Array(32))), 'account.not-found')
})

test.run()
