/** The items in an order that tells nothing (Fisher–Yates over the system's randomness). */
export const shuffled = <T>(items: readonly T[]): T[] => {
  const out = [...items]
  const random = crypto.getRandomValues(new Uint32Array(out.length))
  for (let last = out.length - 1; last > 0; last--) {
    const other = (random[last] as number) % (last + 1)
    const moved = out[last] as T
    out[last] = out[other] as T
    out[other] = moved
  }
  return out
}
