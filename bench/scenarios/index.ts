import { bundles } from './bundles.ts'
import { healthy } from './healthy.ts'
import { oneDead } from './one-dead.ts'
import { overload } from './overload.ts'
import { proposerKilled } from './proposer-killed.ts'
import { scale } from './scale.ts'
import type { Scenario } from './scenario.ts'

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  healthy,
  bundles,
  'one-dead': oneDead,
  'proposer-killed': proposerKilled,
  overload,
  scale,
}
