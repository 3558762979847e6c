import { createTurnoverMap, type TurnoverMap } from '../collections/index.ts'
import type { BlockOutline } from '../consensus/outline.ts'
import type { PeerId } from './effects.ts'

/** A block that the engine needs and that is not whole here. */
export interface WantedBlock {
  readonly hash: Uint8Array
  outline: BlockOutline | undefined
  readonly from: PeerId | undefined
  /** Members that said they have it. */
  readonly holders: readonly number[]
  /** Neighbours whose answer is awaited; nobody else may answer. */
  readonly asked: Set<PeerId>
  turn: number
  /** Everybody was asked in vain: the next turn is left to the timer. */
  isPausing: boolean
  dueMs: number
}

/** Bodies fetched at the height in progress, by the name of the wire hash, and what is still missing. */
export interface WantedMemory {
  readonly blocks: TurnoverMap<string, WantedBlock>
  readonly bodies: TurnoverMap<string, Uint8Array>
  bodiesSizeBytes: number
}

export const createWantedMemory = (): WantedMemory => ({
  blocks: createTurnoverMap(),
  bodies: createTurnoverMap(),
  bodiesSizeBytes: 0,
})

/** What a neighbour was answered since a moment. */
export interface BodiesServed {
  readonly sinceMs: number
  answers: number
  sizeBytes: number
}
