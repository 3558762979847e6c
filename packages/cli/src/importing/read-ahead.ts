import type { FoundFile } from './find-files.ts'
import { type ResourcePortion, readResources } from './read-resources.ts'

/** Of resources that nobody asked for yet. */
const AHEAD_BYTES_MAX = 8 * 1024 * 1024

/** Gives the resources of a file. */
export type ResourceSource = (file: FoundFile) => AsyncIterable<ResourcePortion>

export interface ReadAhead {
  /** For one file after the other, in their order; each may be left half read. */
  readonly resourcesOf: ResourceSource
  /** Reads nothing more. */
  readonly close: () => Promise<void>
}

type Step =
  | { readonly type: 'portion'; readonly file: FoundFile; readonly portion: ResourcePortion }
  | { readonly type: 'end'; readonly file: FoundFile }
  | { readonly type: 'failed'; readonly file: FoundFile; readonly error: unknown }

async function* stepsOf(files: readonly FoundFile[]): AsyncGenerator<Step> {
  for (const file of files) {
    try {
      for await (const portion of readResources(file)) yield { type: 'portion', file, portion }
      yield { type: 'end', file }
    } catch (error) {
      yield { type: 'failed', file, error }
    }
  }
}

const bytesOf = (step: Step): number =>
  step.type === 'portion' ? step.portion.resources.reduce((sum, { bytes }) => sum + bytes.length, 0) : 0

/**
 * Begins to read at once, while whoever wants the resources still waits for something else, and stays about 8 MiB
 * ahead of what is asked for.
 */
export const createReadAhead = (files: readonly FoundFile[]): ReadAhead => {
  const steps = stepsOf(files)
  const ready: Step[] = []
  let aheadBytes = 0
  let isClosed = false
  let pumping: Promise<void> | undefined

  const pump = async (): Promise<void> => {
    do {
      const { value, done } = await steps.next()
      if (done) return
      ready.push(value)
      aheadBytes += bytesOf(value)
    } while (!isClosed && aheadBytes < AHEAD_BYTES_MAX)
  }
  const keepAhead = (): Promise<void> => {
    pumping ??= pump().finally(() => {
      pumping = undefined
    })
    return pumping
  }
  const take = async (): Promise<Step | undefined> => {
    if (ready.length === 0) await keepAhead()
    const step = ready.shift()
    if (step) aheadBytes -= bytesOf(step)
    if (aheadBytes < AHEAD_BYTES_MAX / 2) void keepAhead()
    return step
  }

  async function* resourcesOf(file: FoundFile): AsyncGenerator<ResourcePortion> {
    for (let step = await take(); step !== undefined; step = await take()) {
      if (step.file !== file) continue
      if (step.type === 'failed') throw step.error
      if (step.type === 'end') return
      yield step.portion
    }
  }

  void keepAhead()
  return {
    resourcesOf,
    close: async () => {
      isClosed = true
      await steps.return(undefined)
    },
  }
}
