/** What each of so many turns took, one after the other; in ms. */
export const timesOf = async (count: number, work: () => Promise<unknown>): Promise<readonly number[]> => {
  const taken: number[] = []
  for (let each = 0; each < count; each++) {
    const startedAt = performance.now()
    await work()
    taken.push(performance.now() - startedAt)
  }
  return taken
}
