import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { nodePaths } from '@medchain/node'
import { createMaker, EPOCHS_ALONE } from '../load/mix.ts'
import { onStage, submitAll } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const TRANSACTIONS = 40_000
const QUICK_TRANSACTIONS = 4_000
const BLOCK_BYTES = 512

/** Bytes on disk below a folder, as allocated. */
const allocatedBytes = async (folder: string): Promise<number> => {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name)
    if (entry.isDirectory()) bytes += await allocatedBytes(place)
    else if (entry.isFile()) bytes += (await stat(place)).blocks * BLOCK_BYTES
  }
  return bytes
}

/** What a node's disk holds after a load, beside the bytes of its transactions. */
export const disk: Scenario = (pace) =>
  onStage(pace, { isOwn: true }, async (stage) => {
    const [daemon] = stage.network.daemons
    if (!daemon) throw new Error('there is no daemon')
    const { blocks } = nodePaths(daemon.home)
    const before = { blocks: await allocatedBytes(blocks), all: await allocatedBytes(daemon.home) }
    const { submitters, network } = stage
    const make = createMaker(EPOCHS_ALONE, { ...stage, genesis: network.genesis })
    const count = pace.isQuick ? QUICK_TRANSACTIONS : TRANSACTIONS
    const transactions = Array.from({ length: count }, (_, index) => make(index))
    await submitAll(submitters, transactions)
    await Promise.all(network.daemons.map((each) => each.end('SIGTERM')))
    const bytes = transactions.reduce((sum, each) => sum + each.length, 0)
    const blocksRatio = ((await allocatedBytes(blocks)) - before.blocks) / bytes
    const allRatio = ((await allocatedBytes(daemon.home)) - before.all) / bytes
    pace.say(`${count} transactions, ${bytes} bytes`)
    const scenario = 'disk'
    return [
      {
        scenario,
        name: 'blocks, to the bytes of transactions',
        value: blocksRatio,
        unit: 'times',
        atMost: 1.3,
      },
      {
        scenario,
        name: 'everything, to the bytes of transactions',
        value: allRatio,
        unit: 'times',
        atMost: 2.5,
      },
    ]
  })
