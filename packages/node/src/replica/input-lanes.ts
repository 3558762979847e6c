import type { UntimedInput } from './replica-input.ts'

/** Waiting inputs of one neighbour, or of all clients of the API, beyond these bounds are turned away. */
const LANE_INPUTS_MAX = 4096
const LANE_BYTES_MAX = 8 * 1024 * 1024

const OWN: ReadonlySet<UntimedInput['type']> = new Set([
  'start',
  'timer',
  'checkpointed',
  'peer-up',
  'peer-down',
])

interface Lane {
  readonly inputs: UntimedInput[]
  /** Index of the next input; what is before it is done. */
  next: number
  sizeBytes: number
  /** Working time that it had, counted from where the others stood when it began to wait. */
  spentMs: number
}

/** Inputs that wait, a lane for each neighbour: whoever took the least time so far is served next. */
export interface InputLanes {
  /** False when the lane is full; own inputs always find room. */
  add(input: UntimedInput): boolean
  /** The input to handle now: own ones first, each lane in order. */
  next(): UntimedInput | undefined
  /** How long the input that `next` gave took. */
  spent(durationMs: number): void
  size(): number
}

const sizeOf = (input: UntimedInput): number => ('bytes' in input ? input.bytes.length : 0)

const nameOf = (input: UntimedInput): string => ('from' in input ? input.from : input.type)

const createLane = (): Lane => ({ inputs: [], next: 0, sizeBytes: 0, spentMs: 0 })

const isEmpty = (lane: Lane): boolean => lane.next === lane.inputs.length

const take = (lane: Lane): UntimedInput | undefined => {
  const input = lane.inputs[lane.next]
  if (input === undefined) return undefined
  lane.next += 1
  lane.sizeBytes -= sizeOf(input)
  if (isEmpty(lane) || lane.next > LANE_INPUTS_MAX) {
    lane.inputs.splice(0, lane.next)
    lane.next = 0
  }
  return input
}

/**
 * Start-time fair queueing: a neighbour that floods waits for itself, and the votes of the others pass it. A lane
 * that was empty begins where the one served last stands, so that silence earns nothing.
 */
export const createInputLanes = (): InputLanes => {
  const own = createLane()
  const lanes = new Map<string, Lane>()
  let served: Lane | undefined
  let servedMs = 0
  let size = 0

  const leastServed = (): Lane | undefined => {
    let least: Lane | undefined
    for (const lane of lanes.values()) {
      if (!isEmpty(lane) && (least === undefined || lane.spentMs < least.spentMs)) least = lane
    }
    return least
  }

  return {
    add: (input) => {
      const isOwn = OWN.has(input.type)
      const lane = isOwn ? own : (lanes.get(nameOf(input)) ?? createLane())
      const waiting = lane.inputs.length - lane.next
      const isFull =
        waiting >= LANE_INPUTS_MAX || (waiting > 0 && lane.sizeBytes + sizeOf(input) > LANE_BYTES_MAX)
      if (isFull && !isOwn) return false
      if (waiting === 0 && lane !== served) lane.spentMs = Math.max(lane.spentMs, servedMs)
      if (!isOwn) lanes.set(nameOf(input), lane)
      lane.inputs.push(input)
      lane.sizeBytes += sizeOf(input)
      size += 1
      return true
    },
    next: () => {
      const lane = isEmpty(own) ? leastServed() : own
      const input = lane && take(lane)
      if (lane === undefined || input === undefined) return undefined
      served = lane
      if (lane !== own) servedMs = lane.spentMs
      size -= 1
      return input
    },
    spent: (durationMs) => {
      if (served) served.spentMs += durationMs
    },
    size: () => size,
  }
}
