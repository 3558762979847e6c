/** Timeout of a round: the first one, half as long again for each further round, up to `maxMs`. */
export const roundTimeoutMs = (round: number, firstMs: number, maxMs: number): number =>
  Math.round(Math.min(maxMs, firstMs * 1.5 ** Math.min(round, 64)))
