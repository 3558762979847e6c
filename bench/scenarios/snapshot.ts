import { useNativeHashes } from '../../packages/node/src/keystore/index.ts'
import { HEARTBEAT, prepareNetwork } from '../chain/prepared-network.ts'
import { measureJoining } from '../chain/snapshot-join.ts'
import type { Scenario } from './scenario.ts'

/** A wiped node joins three others by the snapshot that they made. */
export const snapshot: Scenario = async (pace) => {
  useNativeHashes()
  const heights = pace.isQuick ? 100 : 1_000
  const { runtimeFlags } = pace
  const plan = { heights, transactionsPerBlock: 100, parameters: HEARTBEAT, runtimeFlags }
  const { seconds, snapshot: made } = await pace.lender.lend({
    name: undefined,
    create: () => prepareNetwork(plan),
    work: (network) => measureJoining(network, true),
  })
  pace.say(`joined in ${seconds.toFixed(1)} s, its start included`)
  const scenario = 'snapshot'
  const of = `of ${heights * 100} enrolments`
  return [
    { scenario, name: `made ${of}`, value: made.tookMs, unit: 'ms' },
    { scenario, name: `size ${of}`, value: made.sizeBytes / 1e6, unit: 'MB' },
    { scenario, name: `joined by one ${of}, start included`, value: seconds, unit: 's' },
  ]
}
