interface Closable {
  readonly close: () => Promise<void>
}

export interface Loan<T extends Closable, R> {
  /** Undefined for what nobody else may have, before or after. */
  readonly name: string | undefined
  readonly create: () => Promise<T>
  readonly work: (thing: T) => Promise<R>
  /** Whether it is of no use to the next one. */
  readonly isSpoiled?: boolean
}

/**
 * Hands a network to one scenario after the other: one that wants what the last one had gets the same. One network
 * runs at a time.
 */
export interface Lender {
  readonly lend: <T extends Closable, R>(loan: Loan<T, R>) => Promise<R>
  readonly close: () => Promise<void>
}

/** With `isSharing` false everybody gets a new one. */
export const createLender = (isSharing: boolean): Lender => {
  let kept: { readonly name: string; readonly thing: Closable } | undefined
  const close = async (): Promise<void> => {
    const { thing } = kept ?? {}
    kept = undefined
    await thing?.close()
  }
  return {
    close,
    async lend({ name, create, work, isSpoiled = false }) {
      if (name === undefined || kept?.name !== name) await close()
      const thing = kept === undefined ? await create() : (kept.thing as Awaited<ReturnType<typeof create>>)
      kept = undefined
      let isWhole = false
      try {
        const result = await work(thing)
        isWhole = !isSpoiled
        return result
      } finally {
        if (isSharing && isWhole && name !== undefined) kept = { name, thing }
        else await thing.close()
      }
    },
  }
}
