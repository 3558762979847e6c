/** Runs operations in groups, one group at a time, in the order they came. */
export interface CommitQueue<Operation> {
  /** Resolves once the operation's group is committed; rejects when its group failed. */
  readonly add: (operation: Operation) => Promise<void>
  /** Resolves when nothing is waiting or running. */
  readonly idle: () => Promise<void>
}

interface Waiting<Operation> {
  readonly operation: Operation
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * What arrives while a group is being committed forms the next one, up to `weightMax`, so that one fsync
 * serves many callers.
 */
export const createCommitQueue = <Operation>(
  commit: (group: readonly Operation[]) => Promise<void>,
  weightOf: (operation: Operation) => number,
  weightMax: number,
): CommitQueue<Operation> => {
  let waiting: Waiting<Operation>[] = []
  let running: Promise<void> | undefined

  const takeGroup = (): Waiting<Operation>[] => {
    let weight = 0
    let count = 0
    while (count < waiting.length && (count === 0 || weight < weightMax)) {
      weight += weightOf((waiting[count] as Waiting<Operation>).operation)
      count++
    }
    const group = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return group
  }

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = takeGroup()
      try {
        await commit(group.map(({ operation }) => operation))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    running = undefined
  }

  return {
    add: (operation) =>
      new Promise((resolve, reject) => {
        waiting.push({ operation, resolve, reject })
        running ??= Promise.resolve().then(run)
      }),
    idle: async () => {
      while (running !== undefined) await running
    },
  }
}
