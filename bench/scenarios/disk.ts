import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { nodePaths } from '@medchain/node'
import { createMaker, EPOCHS_ALONE } from '../load/mix.ts'
import { onStage, submitAll } from '../load/stage.ts'
import type { Figure } from '../report/figure.ts'
import type { Scenario } from './scenario.ts'

const TRANSACTIONS = 40_000
const QUICK_TRANSACTIONS = 4_000
const BLOCK_BYTES = 512

/** Bytes on disk below a folder, as allocated, of those files that are asked for. */
const allocatedBytes = async (folder: string, isCounted: (name: string) => boolean): Promise<number> => {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name)
    if (entry.isDirectory()) bytes += await allocatedBytes(place, isCounted)
    else if (entry.isFile() && isCounted(entry.name)) bytes += (await stat(place)).blocks * BLOCK_BYTES
  }
  return bytes
}

const diskOf = async (home: string) => {
  const { blocks, state } = nodePaths(home)
  return {
    blocks: await allocatedBytes(blocks, (name) => name.endsWith('.blocks')),
    index: await allocatedBytes(blocks, (name) => name.endsWith('.mdb')),
    state: await allocatedBytes(state, () => true),
    all: await allocatedBytes(home, () => true),
  }
}

/** What a node's disk holds after a load, beside the bytes of its transactions. */
export const disk: Scenario = (pace) =>
  onStage(pace, { isOwn: true }, async (stage) => {
    const [daemon] = stage.network.daemons
    if (!daemon) throw new Error('there is no daemon')
    const before = await diskOf(daemon.home)
    const { submitters, network } = stage
    const make = createMaker(EPOCHS_ALONE, { ...stage, genesis: network.genesis })
    const count = pace.isQuick ? QUICK_TRANSACTIONS : TRANSACTIONS
    const transactions = Array.from({ length: count }, (_, index) => make(index))
    await submitAll(submitters, transactions)
    await Promise.all(network.daemons.map((each) => each.end('SIGTERM')))
    const bytes = transactions.reduce((sum, each) => sum + each.length, 0)
    const after = await diskOf(daemon.home)
    pace.say(`${count} transactions, ${bytes} bytes`)
    const grown = (part: keyof typeof before): Omit<Figure, 'name'> => ({
      ...{ scenario: 'disk', unit: 'times' },
      value: (after[part] - before[part]) / bytes,
    })
    return [
      { ...grown('blocks'), name: 'blocks, to the bytes of transactions', atMost: 1.3 },
      { ...grown('all'), name: 'everything, to the bytes of transactions', atMost: 2.5 },
      { ...grown('index'), name: 'index of the blocks, to the bytes of transactions' },
      { ...grown('state'), name: 'state, to the bytes of transactions' },
    ]
  })
