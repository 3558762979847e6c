// Finds plaintext in what a node wrote: whole texts, and any run of 16 bytes that only one patient's records hold.
const RUN_BYTES = 16
const BASE = 0x01000193
const FILTER_BITS = 27

/** BASE to the power RUN_BYTES - 1, modulo 2^32: the weight of the byte that leaves the window. */
const LEAVING = Array.from({ length: RUN_BYTES - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1)

/** Calls back with the hash and the offset of every window of 16 bytes. */
const eachWindow = (bytes: Uint8Array, visit: (hash: number, offset: number) => void): void => {
  let hash = 0
  for (let at = 0; at < bytes.length; at++) {
    const leaving = at < RUN_BYTES ? 0 : (bytes[at - RUN_BYTES] as number)
    hash = (Math.imul(hash - Math.imul(leaving, LEAVING), BASE) + (bytes[at] as number)) | 0
    if (at >= RUN_BYTES - 1) visit(hash, at - RUN_BYTES + 1)
  }
}

const runAt = (bytes: Uint8Array, offset: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + offset, RUN_BYTES).toString('latin1')

/** All runs of 16 bytes of these texts. */
const runsOf = (bytes: Uint8Array): Set<string> => {
  const runs = new Set<string>()
  eachWindow(bytes, (_, offset) => runs.add(runAt(bytes, offset)))
  return runs
}

/** For each plaintext, the runs of 16 bytes that no other one holds. */
export const uniqueRuns = (plaintexts: readonly Uint8Array[]): Set<string>[] => {
  const all = plaintexts.map(runsOf)
  return all.map((own, index) => {
    const others = all.filter((_, other) => other !== index)
    return new Set([...own].filter((run) => !others.some((runs) => runs.has(run))))
  })
}

export interface ByteScan {
  /** What of the texts or runs stands in these bytes, as text; at most `limit`. */
  readonly find: (bytes: Uint8Array) => string[]
}

const LIMIT = 5

/** Prepares to look for these texts, in UTF-8 and UTF-16, and for these runs. */
export const createByteScan = (texts: readonly string[], runs: readonly Set<string>[]): ByteScan => {
  const needles = texts.flatMap((text) => [
    { text, bytes: Buffer.from(text) },
    { text, bytes: Buffer.from(text, 'utf16le') },
  ])
  const wanted = new Set(runs.flatMap((each) => [...each]))
  const filter = new Uint8Array(1 << (FILTER_BITS - 3))
  const bitOf = (hash: number): number => hash >>> (32 - FILTER_BITS)
  for (const run of wanted) {
    eachWindow(Buffer.from(run, 'latin1'), (hash) => {
      const bit = bitOf(hash)
      filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7))
    })
  }
  return {
    find: (bytes) => {
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      const found = needles.filter((needle) => view.includes(needle.bytes)).map(({ text }) => text)
      eachWindow(bytes, (hash, offset) => {
        const bit = bitOf(hash)
        if (((filter[bit >>> 3] as number) & (1 << (bit & 7))) === 0 || found.length >= LIMIT) return
        const run = runAt(bytes, offset)
        if (wanted.has(run)) found.push(run)
      })
      return found.slice(0, LIMIT)
    },
  }
}
