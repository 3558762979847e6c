import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { nodePaths } from '@medchain/node'
import { EPOCHS_ALONE } from '../load/mix.ts'
import { measureSpan, onStage } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const PER_SECOND = 400
/** An opening of an epoch, with its signature. */
const TRANSACTION_BYTES = 256
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
    const { samples } = await measureSpan(
      stage,
      { ...pace, mix: EPOCHS_ALONE },
      { perSecond: PER_SECOND, bundle: 50 },
    )
    const transactions = samples.reduce((sum, { count }) => sum + count, 0)
    await Promise.all(stage.network.daemons.map((each) => each.end('SIGTERM')))
    const bytes = transactions * TRANSACTION_BYTES
    const blocksRatio = ((await allocatedBytes(blocks)) - before.blocks) / bytes
    const allRatio = ((await allocatedBytes(daemon.home)) - before.all) / bytes
    pace.say(`${transactions} transactions of ${TRANSACTION_BYTES} bytes`)
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
