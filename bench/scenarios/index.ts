import { anchors } from './anchors.ts'
import { bundles } from './bundles.ts'
import { corePath } from './core-path.ts'
import { disk } from './disk.ts'
import { healthy } from './healthy.ts'
import { oneDead } from './one-dead.ts'
import { overload } from './overload.ts'
import { proposerKilled } from './proposer-killed.ts'
import { records } from './records.ts'
import { scale } from './scale.ts'
import type { Scenario } from './scenario.ts'
import { snapshot } from './snapshot.ts'
import { sync } from './sync.ts'

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  healthy,
  'core-path': corePath,
  bundles,
  anchors,
  disk,
  'one-dead': oneDead,
  'proposer-killed': proposerKilled,
  overload,
  records,
  sync,
  snapshot,
  scale,
}
