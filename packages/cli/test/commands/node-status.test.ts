import { test } from 'uvu'
import { match, not } from 'uvu/assert'
import { NETWORK_ID, startFakeNode } from '../client/fake-node.ts'
import { runCommand } from '../run-command.ts'

const STATUS = {
  networkId: NETWORK_ID,
  institutionName: 'North Hospital',
  role: 'hospital',
  height: 11,
  headHash: 'a',
  stateRoot: 'b',
  round: 0,
  validators: [],
  isValidator: false,
  peers: 0,
  syncing: false,
  mempool: { transactions: 0, bytes: 0 },
  version: '0.1.0',
}

const statusOf = async (removedFromHeight: number | null): Promise<string> => {
  const node = await startFakeNode((_request, response) => {
    response.end(JSON.stringify({ ...STATUS, removedFromHeight }))
  })
  const { out } = await runCommand(['node', 'status'], { env: { MEDCHAIN_NODE: node.url } })
  await node.close()
  return out
}

test('status says when a vote removed the institution, and nothing of it otherwise', async () => {
  match(await statusOf(12), /\n\nA vote removed this institution .* without it from height 12 on\.\n$/)
  const present = await statusOf(null)
  match(present, /Part +observes/)
  not.match(present, /removed/)
})

test.run()
