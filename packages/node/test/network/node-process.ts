import { createNetwork } from '../../src/network/network.ts'
import type { Member } from '../../src/network/port.ts'
import { clock, NETWORK_ID } from './network-world.ts'

interface PlainMember extends Omit<Member, 'nodeKey'> {
  readonly nodeKey: number[]
}

const index = Number(process.argv[2])
const plain = JSON.parse(process.argv[3] ?? '[]') as PlainMember[]
const members: Member[] = plain.map((member) => ({ ...member, nodeKey: Uint8Array.from(member.nodeKey) }))
const ignore = (): void => undefined

const network = createNetwork({
  privateKeySeed: new Uint8Array(32).fill(index + 1),
  networkId: NETWORK_ID,
  listen: [members[index]?.addresses[0] ?? '/ip4/127.0.0.1/tcp/0'],
  directory: { members: () => members },
  logger: { debug: ignore, info: ignore, warn: ignore },
  clock,
})
network.serve('sync', async (_from, body) => body)
network.onFrame((from, frame) => network.send(from, frame))
await network.start()
process.stdout.write(`${network.listenAddresses()[0]?.replace(/\/p2p\/.*$/, '')}\n`)
