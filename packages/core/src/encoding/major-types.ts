/** The major types of RFC 8949 that occur here, and the three simple values. */
export const UINT = 0
export const BYTES = 2
export const TEXT = 3
export const LIST = 4

export const FALSE = 0xf4
export const TRUE = 0xf5
export const NULL = 0xf6

export const DEPTH_MAX = 16
/** More than any structure of ours has: an empty list of one byte costs about 50 in memory. */
export const ITEMS_MAX: number = 1 << 18
