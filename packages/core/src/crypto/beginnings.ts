/** Beginnings of one memory by their length, each made once: a view is dear beside the hash of a few bytes. */
export const createBeginnings = (memory: Uint8Array): ((length: number) => Uint8Array) => {
  const known: (Uint8Array | undefined)[] = []
  return (length) => {
    const beginning = known[length] ?? memory.subarray(0, length)
    known[length] = beginning
    return beginning
  }
}
