import type { BodiesMessage } from '../consensus/messages.ts'
import { encodeFrame } from '../consensus/messages.ts'
import { isSoundOutline } from '../consensus/outline.ts'
import { equalBytes, nameFromBytes } from '../encoding/index.ts'
import { BLOCK_SIZE_BYTES_MAX, blockHash } from '../ledger/block.ts'
import { wireHash } from '../ledger/transaction.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import type { PeerId } from './effects.ts'
import { clearTimer, log, type ReplicaScope, setTimerBy, tellEngine } from './scope.ts'
import type { WantedBlock } from './wanted-memory.ts'

/** Blocks of one height that are asked for at the same time. */
const WANTED_MAX = 8
/** An answer may take this long before the next neighbour is asked. */
const ANSWER_MS = 150
/** An answer of less shows that its sender has no more to give. */
const ANSWER_SIZE_BYTES_FEW = 128 * 1024
/** Fetched transactions of one height that are kept. */
const BODIES_SIZE_BYTES_MAX = 2 * BLOCK_SIZE_BYTES_MAX

/** Sender, those who hold it, everybody else: connected neighbours, each once. */
const candidatesOf = ({ memory, chain }: ReplicaScope, { from, holders }: WantedBlock): readonly PeerId[] => {
  const { validators } = chain.head()
  const ranked = [...memory.peers].flatMap(([peer, institution]) => {
    const index = institution === undefined ? -1 : validatorIndexOf(validators, institution)
    const place = holders.indexOf(index)
    return index < 0 ? [] : [{ peer, rank: place >= 0 ? place : holders.length }]
  })
  const others = ranked.sort((a, b) => a.rank - b.rank).map(({ peer }) => peer)
  return [...new Set(from === undefined ? others : [from, ...others])]
}

const bodyOf = ({ mempool, memory }: ReplicaScope, hash: Uint8Array): Uint8Array | undefined =>
  mempool.pendingOf(hash)?.bytes ?? memory.wanted.bodies.get(nameFromBytes(hash))

/** Places of the transactions that are not here; undefined while not even the outline is. */
const missingIn = (scope: ReplicaScope, { outline }: WantedBlock): readonly number[] | undefined =>
  outline?.wireHashes.flatMap((hash, index) => (bodyOf(scope, hash) === undefined ? [index] : []))

const ask = (scope: ReplicaScope, wanted: WantedBlock): void => {
  const candidates = candidatesOf(scope, wanted)
  const to = candidates[wanted.turn % Math.max(1, candidates.length)]
  wanted.isPausing = false
  wanted.dueMs = scope.nowMs + ANSWER_MS
  setTimerBy(scope, 'bodies', wanted.dueMs)
  if (to === undefined) return
  wanted.asked.add(to)
  const height = scope.chain.head().height + 1
  const indices = missingIn(scope, wanted)
  const frame = encodeFrame({ type: 'bodies-request', height, blockHash: wanted.hash, indices })
  scope.out.push({ type: 'send', to, frame })
}

/** Hands the block to the engine if all of it is here. */
const complete = (scope: ReplicaScope, wanted: WantedBlock): boolean => {
  const { outline, hash } = wanted
  if (outline === undefined) return false
  const transactions: Uint8Array[] = []
  for (const name of outline.wireHashes) {
    const body = bodyOf(scope, name)
    if (body === undefined) return false
    transactions.push(body)
  }
  scope.memory.wanted.blocks.delete(nameFromBytes(hash))
  tellEngine(scope, { type: 'block', hash, block: { header: outline.header, transactions } })
  return true
}

/**
 * The engine needs a block (consensus Q63). It has checked who signed the proposal and what justifies it, so that
 * strangers cost neither questions nor memory.
 */
export const needBlock = (
  scope: ReplicaScope,
  need: Pick<WantedBlock, 'hash' | 'outline' | 'from' | 'holders'>,
): void => {
  const { blocks } = scope.memory.wanted
  const name = nameFromBytes(need.hash)
  if (blocks.has(name) || blocks.size >= WANTED_MAX) return
  const wanted: WantedBlock = { ...need, asked: new Set(), turn: 0, isPausing: false, dueMs: 0 }
  blocks.set(name, wanted)
  if (!complete(scope, wanted)) ask(scope, wanted)
}

/** Transactions came by another way. */
export const reconsiderWanted = (scope: ReplicaScope): void => {
  for (const wanted of [...scope.memory.wanted.blocks.values()]) complete(scope, wanted)
}

/** Nobody waits for the blocks of a round that is over; what was fetched of them serves until the height is. */
export const forgetWanted = (scope: ReplicaScope, isHeightOver: boolean): void => {
  const { wanted } = scope.memory
  wanted.blocks.clear()
  clearTimer(scope, 'bodies')
  if (!isHeightOver) return
  wanted.bodies.clear()
  wanted.bodiesSizeBytes = 0
}

const keepBody = ({ memory: { wanted } }: ReplicaScope, name: string, body: Uint8Array): void => {
  if (wanted.bodies.has(name)) return
  wanted.bodies.set(name, body)
  wanted.bodiesSizeBytes += body.length
  for (const [oldest, { length }] of wanted.bodies) {
    if (wanted.bodiesSizeBytes <= BODIES_SIZE_BYTES_MAX) return
    wanted.bodies.delete(oldest)
    wanted.bodiesSizeBytes -= length
  }
}

/** Takes what the answer shows to be of the block: false when anything in it is not. */
const takeAnswer = (scope: ReplicaScope, wanted: WantedBlock, answer: BodiesMessage): boolean => {
  const { outline, indices, transactions } = answer
  if (outline !== undefined) {
    if (!equalBytes(blockHash(outline.header), wanted.hash) || !isSoundOutline(outline)) return false
    wanted.outline ??= outline
  }
  if (indices.length !== transactions.length) return false
  return transactions.every((body, at) => {
    const expected = wanted.outline?.wireHashes[indices[at] as number]
    if (expected === undefined || !equalBytes(wireHash(body), expected)) return false
    keepBody(scope, nameFromBytes(expected), body)
    return true
  })
}

/** An answer (consensus Q64): checked against the hashes before anything of it is used; a false or empty one sends on to the next neighbour. */
export const onBodies = (scope: ReplicaScope, from: PeerId, answer: BodiesMessage): void => {
  const wanted = scope.memory.wanted.blocks.get(nameFromBytes(answer.blockHash))
  if (wanted === undefined || !wanted.asked.delete(from)) return
  const before = missingIn(scope, wanted)?.length
  const isTrue = takeAnswer(scope, wanted, answer)
  if (!isTrue) log(scope, 'warn', 'bodies.false', { height: answer.height })
  if (complete(scope, wanted)) return
  const sizeBytes = answer.transactions.reduce((sum, { length }) => sum + length, 0)
  const left = missingIn(scope, wanted)?.length
  const hasMore =
    isTrue &&
    left !== undefined &&
    (before === undefined || (left < before && sizeBytes >= ANSWER_SIZE_BYTES_FEW))
  if (!hasMore) wanted.turn += 1
  wanted.isPausing = !hasMore && wanted.turn % Math.max(1, candidatesOf(scope, wanted).length) === 0
  if (!wanted.isPausing) ask(scope, wanted)
}

/** Whoever did not answer in time is asked again after the others. */
export const onBodiesTimer = (scope: ReplicaScope): void => {
  for (const wanted of scope.memory.wanted.blocks.values()) {
    if (wanted.dueMs > scope.nowMs) setTimerBy(scope, 'bodies', wanted.dueMs)
    else {
      if (!wanted.isPausing) wanted.turn += 1
      ask(scope, wanted)
    }
  }
}
