// npm run bench:sync -- --help

import { useNativeHashes } from '../packages/node/src/keystore/index.ts'
import { askedOrEnd } from './arguments.ts'
import { measureCatchUp } from './chain/catch-up.ts'
import { measureImport } from './chain/core-import.ts'
import { prepareNetwork } from './chain/prepared-network.ts'

const {
  blocks,
  'per-block': perBlock,
  core,
} = askedOrEnd({
  help: `npm run bench:sync -- [--blocks 400] [--per-block 50] [--core]

How fast a wiped node catches up with a chain of so many blocks and transactions a block: the rules alone on this
thread, then a daemon from another one. --core ends after the rules.`,
  numbers: { blocks: 400, 'per-block': 50 },
  switches: ['core'],
})

useNativeHashes()
const network = await prepareNetwork({ heights: blocks, transactionsPerBlock: perBlock })
const tell = (what: string, seconds: number, rest: string): void =>
  console.log(
    `${perBlock} a block, ${what}: ${Math.round(blocks / seconds)} blocks/s, ${Math.round((blocks * perBlock) / seconds)} transactions/s, ${rest}`,
  )
try {
  const alone = measureImport(network.genesis, network.chain.blocks)
  tell('core alone', alone.seconds, `longest input ${Math.round(alone.longestMs)} ms`)
  if (!core) {
    const node = await measureCatchUp(network)
    tell('two daemons', node.seconds, `event loop held up to ${Math.round(node.heldMs)} ms`)
    tell('two daemons, processor time of the wiped one', node.processorSeconds, 'all threads')
  }
} finally {
  await network.close()
}
