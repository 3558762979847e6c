import { encodeFrame } from '../consensus/messages.ts'
import type { PeerId } from './effects.ts'
import { log, type ReplicaScope } from './scope.ts'

/** A neighbour gets one such answer in this span: an answer may be a whole block. */
const ANSWER_INTERVAL_MS = 100
/** Votes that cross the decision on the wire come from nobody who is behind; who is repeats them after half a timeout. */
const CROSSING_MS = 250
const RECENT_MAX = 64
/** A larger block is not pushed: a host's frames end at 1 MiB, and whoever is behind fetches it. */
const PUSHED_SIZE_BYTES_MAX = 960 * 1024

/** Remembers when the last heights were decided here. */
export const noteDecided = ({ memory, nowMs }: ReplicaScope, height: number): void => {
  memory.decidedTimesMs.set(height, nowMs)
  memory.decidedTimesMs.delete(height - RECENT_MAX)
}

const isCrossing = ({ memory, nowMs }: ReplicaScope, height: number): boolean => {
  const decidedMs = memory.decidedTimesMs.get(height)
  return decidedMs !== undefined && nowMs >= decidedMs && nowMs < decidedMs + CROSSING_MS
}

/** The block and certificate of a decided height, to one neighbour now and then. */
export const answerWithBlock = (scope: ReplicaScope, peer: PeerId, height: number): void => {
  const { memory, ports, nowMs, out } = scope
  const lastMs = memory.answeredAtMs.get(peer)
  if (lastMs !== undefined && nowMs >= lastMs && nowMs < lastMs + ANSWER_INTERVAL_MS) return
  const committed = height < 1 ? undefined : ports.blocks.readBlock(height)
  if (committed === undefined || committed.length > PUSHED_SIZE_BYTES_MAX) return
  memory.answeredAtMs.set(peer, nowMs)
  out.push({ type: 'send', to: peer, frame: encodeFrame({ type: 'decided', committed }) })
  log(scope, 'debug', 'consensus.laggard-answered', { height })
}

/** A vote at a decided height is answered with the block and certificate of that height (consensus Q32). */
export const answerLaggard = (scope: ReplicaScope, peer: PeerId, height: number): void => {
  if (isCrossing(scope, height)) return
  answerWithBlock(scope, peer, height)
}
