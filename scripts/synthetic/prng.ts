/** Numbers that a seed decides: the same seed gives the same patient on every machine. */
export interface Prng {
  /** From `low` to `high`, both included. */
  readonly integer: (low: number, high: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  readonly uuid: () => string
}

// sfc32: small, fast, and good enough for test data.
export const createPrng = (seed: number): Prng => {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = 0xb7e15162 ^ seed
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let round = 0; round < 20; round += 1) next()
  const integer = (low: number, high: number): number => low + (next() % (high - low + 1))
  const hex = (digits: number): string => {
    let text = ''
    while (text.length < digits) text += next().toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }
  return {
    integer,
    pick: (items) => items[integer(0, items.length - 1)] as (typeof items)[number],
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[integer(0, 3)]}${hex(3)}-${hex(12)}`,
  }
}
