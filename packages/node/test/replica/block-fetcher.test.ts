import { setImmediate } from 'node:timers/promises'
import {
  decodeCommittedBlock,
  decodeSyncRequest,
  encodeSyncResponse,
  networkIdOf,
  unwrap,
  validatorsOf,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { createLogger } from '../../src/logger.ts'
import type { PeerStatus } from '../../src/network/index.ts'
import { createBlockFetcher, signatureVerifier } from '../../src/replica/index.ts'
import { makeChain } from '../storage/made-chain.ts'

const chain = makeChain(6)
const stranger = makeChain(6)

const fetcherOf = (peers: Readonly<Record<string, typeof chain | undefined>>) => {
  const asked: string[] = []
  let underWay = 0
  let mostUnderWay = 0
  const network = {
    peers: () => Object.keys(peers).map((institution) => ({ institution, connected: true }) as PeerStatus),
    request: async (peer: string, _protocol: string, body: Uint8Array) => {
      const { fromHeight } = unwrap(decodeSyncRequest(body))
      asked.push(`${peer} ${fromHeight}`)
      mostUnderWay = Math.max(mostUnderWay, ++underWay)
      await setImmediate()
      underWay--
      const found = peers[peer]?.blocks[fromHeight - 1]
      return encodeSyncResponse({ headHeight: 6, blocks: found ? [found.bytes] : [] })
    },
  }
  const fetch = createBlockFetcher({
    network,
    storage: { blocks: { readBlock: () => undefined } as never },
    logger: createLogger({ level: 'silent' }),
    networkId: networkIdOf(chain.genesis),
    validatorsAt: () => validatorsOf(chain.genesis),
    verifier: signatureVerifier,
  })
  return { fetch, asked, mostUnderWay: () => mostUnderWay }
}

test('a block that is not kept here comes from a member, verified, and is asked for once', async () => {
  const { fetch, asked } = fetcherOf({ pruned: undefined, liar: stranger, honest: chain })
  const expected = unwrap(decodeCommittedBlock(chain.blocks[2]?.bytes ?? new Uint8Array(0)))
  equal(await fetch(3), expected)
  equal(await fetch(3), expected)
  equal(asked, ['pruned 3', 'liar 3', 'honest 3'])
})

test('what nobody supplies is asked for again the next time', async () => {
  const { fetch, asked } = fetcherOf({ pruned: undefined })
  is(await fetch(3), undefined)
  is(await fetch(3), undefined)
  is(asked.length, 2)
})

test('whoever asks for many leaves room for what the node itself asks for', async () => {
  const { fetch, mostUnderWay } = fetcherOf({ honest: chain })
  const blocks = await Promise.all([1, 2, 3, 4, 5, 6].map(fetch))
  is(blocks.filter((block) => block !== undefined).length, 6)
  is(mostUnderWay(), 2)
})

test.run()
