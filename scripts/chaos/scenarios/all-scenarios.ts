import type { Scenario } from '../stage.ts'
import { fullDisk, tornWal } from './disks.ts'
import { followerKilled } from './follower-killed.ts'
import { partition } from './partition.ts'
import { proposerKilled } from './proposer-killed.ts'
import { round } from './round.ts'
import { stopped } from './stopped.ts'
import { twin } from './twin.ts'

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'follower-killed': followerKilled,
  'proposer-killed': proposerKilled,
  partition,
  stopped,
  twin,
  'full-disk': fullDisk,
  'torn-wal': tornWal,
  round,
}
