import { createTurnoverMap, type ReplicaEffect } from '@medchain/core'

/** Blocks that are decided and applied, and on their way to the disk: for a few milliseconds each. */
export interface ArrivingBlocks {
  announce(effects: readonly ReplicaEffect[]): void
  get(height: number): Uint8Array | undefined
  stored(upTo: number): void
}

export const createArrivingBlocks = (): ArrivingBlocks => {
  const blocks = createTurnoverMap<number, Uint8Array>()
  return {
    announce: (effects) => {
      for (const effect of effects) {
        if (effect.type !== 'append-blocks') continue
        for (const { height, bytes } of effect.blocks) blocks.set(height, bytes)
      }
    },
    get: (height) => blocks.get(height),
    stored: (upTo) => {
      for (const height of blocks.keys()) if (height <= upTo) blocks.delete(height)
    },
  }
}
