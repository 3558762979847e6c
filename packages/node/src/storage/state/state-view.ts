import type { StoredCheckpoint } from './state-database.ts'

/** The state of one checkpoint, unchanged by later ones; its buckets are read once each, in increasing order. */
export interface StateView {
  readonly height: number
  readonly meta: Uint8Array
  /** As `encodeBucket` wrote it, undefined for an empty one. */
  readonly readContent: (index: number) => Uint8Array | undefined
  readonly close: () => void
}

/** Keeps what an open view has yet to read from being overwritten. */
export interface ViewKeeper {
  /** Call before bucket `index` is written. */
  readonly keep: (index: number) => void
  /** Undefined while another one is open. */
  readonly open: (checkpoint: StoredCheckpoint) => StateView | undefined
}

export const createViewKeeper = ({ readContent }: Pick<StateView, 'readContent'>): ViewKeeper => {
  let kept: Map<number, Uint8Array | undefined> | undefined
  let readUpTo = -1
  return {
    keep: (index) => {
      if (kept && index > readUpTo && !kept.has(index)) kept.set(index, readContent(index))
    },
    open: ({ height, meta }) => {
      if (kept) return undefined
      const contents = new Map<number, Uint8Array | undefined>()
      kept = contents
      readUpTo = -1
      return {
        height,
        meta,
        readContent: (index) => {
          readUpTo = index
          if (!contents.has(index)) return readContent(index)
          const content = contents.get(index)
          contents.delete(index)
          return content
        },
        close: () => {
          if (kept === contents) kept = undefined
        },
      }
    },
  }
}
