import { isConsensusMessage } from '../../../src/consensus/index.ts'
import type { World } from '../world/world.ts'
import { type Check, isOwn } from './check.ts'

/** Highest height at which each member has signed anything: who is silent is as good as dead to the others. */
export interface Voices {
  readonly check: Check
  /** 0 for a member that never said anything. */
  readonly heightOf: (member: number) => number
}

export const createVoices = (world: World): Voices => {
  const heights = new Map<number, number>()
  const heightOf = (member: number): number => heights.get(member) ?? 0
  return {
    heightOf,
    check: {
      sending: (host, frame) => {
        if (isConsensusMessage(frame) && isOwn(world, host, frame))
          heights.set(host.member, Math.max(heightOf(host.member), frame.height))
      },
    },
  }
}
