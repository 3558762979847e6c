import type { Prng } from '../synthetic/prng.ts'
import type { Consortium } from './consortium.ts'

/** What faults strike. */
export interface World {
  readonly consortium: Consortium
  readonly prng: Prng
  /** Host whose home stands on a small disk of its own. */
  readonly smallDiskHost: number
}

export interface Struck {
  /** For the reader: whom it hit, and how. */
  readonly what: string
  /** Undoes it; daemons that it ended are started again. */
  readonly heal: () => Promise<void>
}

export interface Fault {
  readonly name: string
  readonly strike: (world: World) => Promise<Struck>
}

export const anyHost = ({ consortium, prng }: World): number => prng.integer(0, consortium.daemons.length - 1)

/** All hosts in an order that the seed decides. */
export const shuffled = <T>(prng: Prng, items: readonly T[]): T[] => {
  const rest = [...items]
  const order: T[] = []
  while (rest.length > 0) order.push(...rest.splice(prng.integer(0, rest.length - 1), 1))
  return order
}
