/** The smallest number of distinct members of `n` that any two quorums share an honest one of: ⌈2n/3⌉. */
export const quorumOf = (n: number): number => Math.ceil((2 * n) / 3)

/** How many of `n` members may be faulty: ⌊(n − 1)/3⌋. */
export const faultyMax = (n: number): number => Math.floor((n - 1) / 3)

/** How many of `n` members must approve of a change to the network: more than two thirds. */
export const approvalsNeeded = (n: number): number => Math.floor((2 * n) / 3) + 1
