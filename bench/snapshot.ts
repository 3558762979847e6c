// npm run bench:snapshot -- --help

import { useNativeHashes } from '../packages/node/src/keystore/index.ts'
import { askedOrEnd } from './arguments.ts'
import { HEARTBEAT, prepareNetwork } from './chain/prepared-network.ts'
import { measureJoining, measureMaking } from './chain/snapshot-join.ts'

const {
  blocks,
  'per-block': perBlock,
  without,
} = askedOrEnd({
  help: `npm run bench:snapshot -- [--blocks 1000] [--per-block 100] [--without]

How long a snapshot of a chain takes to make, and a wiped node to join three daemons by it; --without joins from
the first block, for comparison.`,
  numbers: { blocks: 1000, 'per-block': 100 },
  switches: ['without'],
})

useNativeHashes()
const plan = { heights: blocks, transactionsPerBlock: perBlock, parameters: HEARTBEAT }
const network = await prepareNetwork(plan)
try {
  const making = await measureMaking(network)
  console.log(
    `a snapshot alone: made in ${making.seconds.toFixed(1)} s, longest stall ${making.longestStallMs.toFixed(1)} ms, ` +
      `p99 ${making.p99StallMs.toFixed(1)} ms`,
  )
  const { seconds, snapshot, blocksBytes, stateBytes } = await measureJoining(network, !without)
  console.log(`snapshot at ${snapshot.height}: ${snapshot.sizeBytes} bytes, made in ${snapshot.tookMs} ms`)
  console.log(`joined ${without ? 'from the first block' : 'by the snapshot'} in ${seconds.toFixed(1)} s`)
  console.log(`its blocks take ${blocksBytes} bytes, its state ${stateBytes}`)
} finally {
  await network.close()
}
