import { type BodiesRequest, encodeFrame } from '../consensus/messages.ts'
import { outlineOf } from '../consensus/outline.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import type { PeerId } from './effects.ts'
import { answerWithBlock } from './laggards.ts'
import type { ReplicaScope } from './scope.ts'
import type { BodiesServed } from './wanted-memory.ts'

/** Transactions in one answer; what is left is asked again. */
const ANSWER_SIZE_BYTES_MAX = 512 * 1024
/** What one neighbour is answered in a second. */
const SPAN_MS = 1000
const ANSWERS_MAX = 64
const SPAN_SIZE_BYTES_MAX = 8 * 1024 * 1024

const budgetOf = ({ memory, nowMs }: ReplicaScope, peer: PeerId): BodiesServed | undefined => {
  const known = memory.bodiesServed.get(peer)
  if (known === undefined || nowMs < known.sinceMs || nowMs >= known.sinceMs + SPAN_MS) {
    const fresh = { sinceMs: nowMs, answers: 0, sizeBytes: 0 }
    memory.bodiesServed.set(peer, fresh)
    return fresh
  }
  return known.answers >= ANSWERS_MAX || known.sizeBytes >= SPAN_SIZE_BYTES_MAX ? undefined : known
}

/**
 * Answers a validator's question for parts of a block (consensus Q65): with as many of the asked transactions as fit,
 * with the block of a height that is decided, or with nothing, so that it asks the next one at once.
 */
export const answerBodies = (scope: ReplicaScope, from: PeerId, request: BodiesRequest): void => {
  const { memory, chain, engine, out } = scope
  const { height, blockHash } = request
  const head = chain.head()
  const institution = memory.peers.get(from)
  if (institution === undefined || validatorIndexOf(head.validators, institution) < 0) return
  if (height > head.height + 1) return
  const served = budgetOf(scope, from)
  if (served === undefined) return
  if (height <= head.height) {
    answerWithBlock(scope, from, height)
    return
  }
  const block = engine.blockOf(blockHash)
  const indices: number[] = []
  const transactions: Uint8Array[] = []
  let sizeBytes = 0
  for (const index of request.indices ?? []) {
    const body = block?.transactions[index]
    if (body === undefined || (sizeBytes > 0 && sizeBytes + body.length > ANSWER_SIZE_BYTES_MAX)) break
    indices.push(index)
    transactions.push(body)
    sizeBytes += body.length
  }
  const outline = block && request.indices === undefined ? outlineOf(block) : undefined
  const frame = encodeFrame({ type: 'bodies', height, blockHash, outline, indices, transactions })
  served.answers += 1
  served.sizeBytes += frame.length
  out.push({ type: 'send', to: from, frame })
}
