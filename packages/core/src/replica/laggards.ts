import { encodeFrame } from '../consensus/messages.ts'
import type { PeerId } from './effects.ts'
import { log, type ReplicaScope } from './scope.ts'

/** A neighbour gets one such answer in this span: an answer may be a whole block. */
const ANSWER_INTERVAL_MS = 100

/** A vote at a decided height is answered with the block and certificate of that height (PROTOCOL §7.8). */
export const answerLaggard = (scope: ReplicaScope, peer: PeerId, height: number): void => {
  const { memory, ports, nowMs, out } = scope
  const lastMs = memory.answeredAtMs.get(peer)
  if (lastMs !== undefined && nowMs >= lastMs && nowMs < lastMs + ANSWER_INTERVAL_MS) return
  const committed = height < 1 ? undefined : ports.blocks.readBlock(height)
  if (committed === undefined) return
  memory.answeredAtMs.set(peer, nowMs)
  out.push({ type: 'send', to: peer, frame: encodeFrame({ type: 'decided', committed }) })
  log(scope, 'debug', 'consensus.laggard-answered', { height })
}
