import { anchors } from './anchors.ts'
import { bundles } from './bundles.ts'
import { command } from './command.ts'
import { corePath } from './core-path.ts'
import { disclosure } from './disclosure.ts'
import { disk } from './disk.ts'
import { healthy } from './healthy.ts'
import { importing } from './import.ts'
import { oneDead } from './one-dead.ts'
import { overload } from './overload.ts'
import { proposerKilled } from './proposer-killed.ts'
import { query } from './query.ts'
import { rest } from './rest.ts'
import { scale } from './scale.ts'
import type { Scenario } from './scenario.ts'
import { snapshot } from './snapshot.ts'
import { sync } from './sync.ts'

/** In this order, so that those that can share a network in a quick run stand together. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  healthy,
  bundles,
  anchors,
  overload,
  'one-dead': oneDead,
  'proposer-killed': proposerKilled,
  disk,
  rest,
  command,
  import: importing,
  disclosure,
  query,
  sync,
  snapshot,
  'core-path': corePath,
  scale,
}
