interface Due<T> {
  readonly atMs: number
  readonly order: number
  readonly what: T
}

/** What is to happen when, in order of time and, at one time, of arrival: a binary heap. */
export interface EventQueue<T> {
  readonly add: (atMs: number, what: T) => void
  readonly next: () => { readonly atMs: number; readonly what: T } | undefined
}

export const createEventQueue = <T>(): EventQueue<T> => {
  const heap: Due<T>[] = []
  let count = 0
  const isBefore = (a: Due<T>, b: Due<T>): boolean =>
    a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
  const at = (index: number): Due<T> => heap[index] as Due<T>
  const swap = (a: number, b: number): void => {
    const kept = at(a)
    heap[a] = at(b)
    heap[b] = kept
  }
  const rise = (start: number): void => {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1
      if (!isBefore(at(index), at(parent))) return
      swap(index, parent)
      index = parent
    }
  }
  const sink = (): void => {
    for (let index = 0; ; ) {
      const [left, right] = [2 * index + 1, 2 * index + 2]
      let least = index
      if (left < heap.length && isBefore(at(left), at(least))) least = left
      if (right < heap.length && isBefore(at(right), at(least))) least = right
      if (least === index) return
      swap(index, least)
      index = least
    }
  }
  return {
    add: (atMs, what) => {
      heap.push({ atMs, order: count++, what })
      rise(heap.length - 1)
    },
    next: () => {
      const first = heap[0]
      const last = heap.pop()
      if (first === undefined || last === undefined) return undefined
      if (heap.length > 0) {
        heap[0] = last
        sink()
      }
      return first
    },
  }
}
