const DEPTH_MAX = 16

/** More than any structure of ours has; an empty list of one byte costs the decoder about 50 in memory. */
const ITEMS_MAX = 1 << 18

const headLength = (info: number): number =>
  info < 24 ? 0 : info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : 8

/**
 * Whether CBOR stays within depth and number of items, and holds no map, tag or indefinite length. One pass
 * without recursion or allocation for each item, so that nothing is built of what a stranger sent before.
 */
export const isBounded = (data: Uint8Array): boolean => {
  const open: number[] = []
  let items = 0
  let at = 0
  while (at < data.length) {
    const head = data[at] as number
    const major = head >> 5
    const info = head & 31
    if (info > 27 || major === 5 || major === 6) return false
    items += 1
    if (items > ITEMS_MAX) return false
    const width = headLength(info)
    let value = info
    if (width > 0) {
      value = 0
      for (let i = 1; i <= width; i++) value = value * 256 + (data[at + i] ?? 0)
    }
    at += 1 + width
    if (major === 2 || major === 3) at += value
    if (open.length > 0) open[open.length - 1] = (open[open.length - 1] as number) - 1
    if (major === 4) open.push(value)
    if (open.length > DEPTH_MAX) return false
    while (open.length > 0 && open[open.length - 1] === 0) open.pop()
  }
  return true
}
