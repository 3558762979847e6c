import { useNativeHashes } from '../../packages/node/src/keystore/index.ts'
import { measureCatchUp } from '../chain/catch-up.ts'
import { prepareNetwork } from '../chain/prepared-network.ts'
import type { Pace, Scenario } from './scenario.ts'

const catchUp = async (pace: Pace, heights: number, transactionsPerBlock: number): Promise<number> => {
  const { runtimeFlags } = pace
  const { seconds, processorSeconds, heldMs } = await pace.lender.lend({
    name: undefined,
    create: () => prepareNetwork({ heights, transactionsPerBlock, runtimeFlags }),
    work: measureCatchUp,
  })
  pace.say(
    `${heights} blocks of ${transactionsPerBlock}: ${seconds.toFixed(1)} s, of the processor ` +
      `${processorSeconds.toFixed(1)} s; event loop held up to ${Math.round(heldMs)} ms`,
  )
  return seconds
}

/** A wiped node catches up from one other: small blocks, and blocks of fifty. */
export const sync: Scenario = async (pace) => {
  useNativeHashes()
  const scenario = 'sync'
  const small = pace.isQuick ? 1_000 : 5_000
  const large = pace.isQuick ? 400 : 800
  const ofOne = await catchUp(pace, small, 1)
  const ofFifty = await catchUp(pace, large, 50)
  return [
    { scenario, name: 'blocks of one transaction', value: small / ofOne, unit: 'per second', atLeast: 500 },
    {
      ...{ scenario, name: 'transactions in blocks of fifty', unit: 'per second', atLeast: 10_000 },
      value: (large * 50) / ofFifty,
    },
  ]
}
