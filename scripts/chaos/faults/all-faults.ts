import type { Fault } from '../world.ts'
import { fullDisk, tornWal } from './disk-faults.ts'
import { oneWay, splitEven, splitOne, unplug } from './network-faults.ts'
import { kill, killAll, killTwo, stop } from './process-faults.ts'
import { resets, slow } from './relay-faults.ts'

/** What a round draws from. A clock cannot be moved here: there is one for the whole machine. */
export const ALL_FAULTS: readonly Fault[] = [
  ...[kill, killTwo, killAll, stop],
  ...[splitEven, splitOne, oneWay, unplug],
  ...[slow, resets],
  ...[fullDisk, tornWal],
]
