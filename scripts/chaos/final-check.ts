import { checkDisk, checkNoFork, checkNothingLost, convergence } from './check-chain.ts'
import { checkAlive, checkLogs } from './check-daemons.ts'
import type { Consortium } from './consortium.ts'
import type { Load } from './load.ts'

const CONVERGENCE_TIMEOUT_MS = 60_000

export interface FinalReport {
  readonly heights: number
  readonly acknowledged: number
  readonly convergedMs: number
}

/** With the load over and every fault healed: one chain, nothing acknowledged lost, on the disks too. */
export const finalCheck = async (consortium: Consortium, load: Load): Promise<FinalReport> => {
  const { daemons } = consortium
  await load.stop()
  await checkAlive(consortium)
  const convergedMs = await convergence(daemons, CONVERGENCE_TIMEOUT_MS)
  const heights = await checkNoFork(daemons)
  await checkNothingLost(consortium, load.acknowledged)
  await Promise.all(daemons.map((daemon) => daemon.end('SIGTERM')))
  for (const daemon of daemons) await checkDisk(daemon)
  await checkLogs(daemons)
  return { heights, acknowledged: load.acknowledged.size, convergedMs }
}
