// Written apart from src/validators/quorum.ts on purpose: the checkers must not share its mistakes.

/** Most members of `size` that may be faulty. */
export const faultyOf = (size: number): number => {
  let faulty = 0
  while (3 * (faulty + 1) + 1 <= size) faulty += 1
  return faulty
}

/** Whether `count` distinct members of `size` are at least two thirds. */
export const isQuorum = (count: number, size: number): boolean => 3 * count >= 2 * size

/** Indices of the set bits, lowest bit of each byte first. */
export const membersOf = (bitmap: Uint8Array): number[] => {
  const members: number[] = []
  for (let index = 0; index < bitmap.length * 8; index++)
    if (((bitmap[index >> 3] as number) & (1 << (index & 7))) !== 0) members.push(index)
  return members
}
