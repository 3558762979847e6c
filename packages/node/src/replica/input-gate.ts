import type { UntimedInput } from './replica-input.ts'

/** Stands between the network and the queue while the chain is loaded. */
export interface InputGate {
  /** False for what is turned away. While shut, who came and went is kept for later, and nothing else taken. */
  readonly add: (input: UntimedInput) => boolean
  readonly isShut: () => boolean
  readonly shut: () => void
  readonly open: () => void
}

export const createInputGate = (add: (input: UntimedInput) => boolean): InputGate => {
  let held: UntimedInput[] | undefined
  return {
    add: (input) => {
      if (!held) return add(input)
      const isPeer = input.type === 'peer-up' || input.type === 'peer-down'
      if (isPeer) held.push(input)
      return isPeer
    },
    isShut: () => held !== undefined,
    shut: () => {
      held ??= []
    },
    open: () => {
      const waiting = held ?? []
      held = undefined
      for (const input of waiting) add(input)
    },
  }
}
