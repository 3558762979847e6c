interface Event {
  readonly atMs: number
  /** First come, first served among events of one moment. */
  readonly order: number
  readonly run: () => void
}

/** Simulated time: a binary heap of what happens when. */
export interface EventQueue {
  readonly nowMs: () => number
  readonly at: (atMs: number, run: () => void) => void
  readonly after: (delayMs: number, run: () => void) => void
  /** Runs the next event; false when there is none. */
  readonly step: () => boolean
  readonly size: () => number
  readonly steps: () => number
}

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

export const createEventQueue = (): EventQueue => {
  const heap: Event[] = []
  let nowMs = 0
  let order = 0
  let steps = 0

  const swap = (a: number, b: number): void => {
    ;[heap[a], heap[b]] = [heap[b] as Event, heap[a] as Event]
  }
  const rise = (start: number): void => {
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(heap[at] as Event, heap[parent] as Event)) return
      swap(at, parent)
      at = parent
    }
  }
  const sink = (): void => {
    let at = 0
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(heap[child] as Event, heap[least] as Event)) least = child
      if (least === at) return
      swap(at, least)
      at = least
    }
  }

  const at = (atMs: number, run: () => void): void => {
    order += 1
    heap.push({ atMs: Math.max(nowMs, atMs), order, run })
    rise(heap.length - 1)
  }

  return {
    nowMs: () => nowMs,
    steps: () => steps,
    size: () => heap.length,
    at,
    after: (delayMs, run) => at(nowMs + Math.max(0, delayMs), run),
    step: () => {
      const [first] = heap
      if (first === undefined) return false
      const last = heap.pop() as Event
      if (heap.length > 0) {
        heap[0] = last
        sink()
      }
      nowMs = first.atMs
      steps += 1
      first.run()
      return true
    },
  }
}
