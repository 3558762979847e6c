import { equalBytes } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { proposerIndexOf } from '../../validators/proposer.ts'
import { faultyMax } from '../../validators/quorum.ts'
import { type ValidatorSet, validatorIndexOf } from '../../validators/validator-set.ts'
import { validatorSetIn } from './genesis.ts'
import { type SkipEntry, skippedProposers } from './tables.ts'

const BACK_OFF_MS_MIN = 1000
const BACK_OFF_MS_MAX = 300_000
/** Without a missed turn, after a back-off. */
const MEMORY_MS = 300_000

/** How long a validator that missed `strikes` turns in a row is passed over (consensus Q54). */
export const backOffMs = (strikes: number): number =>
  Math.min(BACK_OFF_MS_MIN * 2 ** (strikes - 1), BACK_OFF_MS_MAX)

/** The header fields that a block begins with, and the block below it. */
export interface BlockBeginning {
  readonly height: number
  readonly round: number
  readonly timeMs: number
  readonly proposer: Uint8Array
  readonly parentTimeMs: number
  /** Undefined at height 1. */
  readonly parentProposer: Uint8Array | undefined
}

export const skipTableIn = (view: ReadView): readonly SkipEntry[] => view.get(skippedProposers) ?? []

/**
 * Indices of the validators that are passed over above a block of `timeMs`: those whose back-off lasts, and at most
 * f of them, the last marked ones (consensus Q53).
 */
export const skippedIn = (view: ReadView, timeMs: number): ReadonlySet<number> => {
  const entries = skipTableIn(view)
  if (entries.length === 0) return new Set()
  const set = validatorSetIn(view)
  const indices = entries
    .filter(({ untilMs }) => untilMs > timeMs)
    .map(({ institution }) => validatorIndexOf(set, institution))
    .filter((index) => index >= 0)
  return new Set(indices.slice(Math.max(0, indices.length - faultyMax(set.length))))
}

const isAway = ({ seenAtMs, markedAtMs }: SkipEntry): boolean =>
  seenAtMs === undefined || seenAtMs < markedAtMs

/** Whose turn the rounds below that of the header were: at most f of them. */
const missedTurns = (view: ReadView, set: ValidatorSet, block: BlockBeginning): readonly Uint8Array[] => {
  const count = Math.min(block.round, faultyMax(set.length))
  if (count === 0) return []
  const skipped = skippedIn(view, block.parentTimeMs)
  const parent = block.parentProposer === undefined ? -1 : validatorIndexOf(set, block.parentProposer)
  return Array.from({ length: count }, (_, round) => {
    const index = proposerIndexOf(set.length, parent, round, skipped)
    return (set[index] as ValidatorSet[number]).institution
  })
}

/** Turns that were missed long ago say nothing of a validator that showed itself since. */
const isForgotten = (entry: SkipEntry, timeMs: number): boolean =>
  !isAway(entry) && timeMs >= entry.untilMs + MEMORY_MS

const marked = (entries: readonly SkipEntry[], institution: Uint8Array, timeMs: number): SkipEntry => {
  const before = entries.find((entry) => equalBytes(entry.institution, institution))
  const strikes = (before?.strikes ?? 0) + 1
  return {
    institution,
    strikes,
    markedAtMs: timeMs,
    untilMs: timeMs + backOffMs(strikes),
    seenAtMs: before?.seenAtMs,
  }
}

/** Its back-off is over, its strikes stay: whoever builds and misses in turn is not punished from the start each time. */
const seen = (entry: SkipEntry, timeMs: number): SkipEntry => ({
  ...entry,
  untilMs: Math.min(entry.untilMs, timeMs),
  seenAtMs: timeMs,
})

const writeSkipTable = (view: WriteView, entries: readonly SkipEntry[]): void => {
  if (entries.length > 0) view.put(skippedProposers, entries)
  else view.remove(skippedProposers)
}

/** A validator showed itself: by building a block, or by its word. */
export const noteSeen = (view: WriteView, institution: Uint8Array, timeMs: number): void =>
  writeSkipTable(
    view,
    skipTableIn(view).map((entry) =>
      equalBytes(entry.institution, institution) ? seen(entry, timeMs) : entry,
    ),
  )

/** Marks who missed a turn at this height, and that its builder is there (consensus Q52). */
export const noteTurns = (view: WriteView, block: BlockBeginning): void => {
  const { timeMs, proposer } = block
  const set = validatorSetIn(view)
  const entries = skipTableIn(view).filter((entry) => !isForgotten(entry, timeMs))
  const missed = missedTurns(view, set, block).filter((institution) => !equalBytes(institution, proposer))
  const isMissed = (entry: SkipEntry): boolean =>
    missed.some((institution) => equalBytes(entry.institution, institution))
  const isBuilders = (entry: SkipEntry): boolean => equalBytes(entry.institution, proposer)
  const isUnchanged = missed.length === 0 && !entries.some(isBuilders)
  if (isUnchanged && entries.length === skipTableIn(view).length) return
  const kept = entries
    .filter((entry) => !isMissed(entry))
    .map((entry) => (isBuilders(entry) ? seen(entry, timeMs) : entry))
  const added = missed.map((institution) => marked(entries, institution, timeMs))
  writeSkipTable(view, [...kept, ...added])
}

/** Forgets whoever is not in the set. */
export const dropStrangers = (view: WriteView, set: ValidatorSet): void => {
  const entries = skipTableIn(view)
  const kept = entries.filter(({ institution }) => validatorIndexOf(set, institution) >= 0)
  if (kept.length < entries.length) writeSkipTable(view, kept)
}

/** Whether a member missed its last turn and has not shown itself since. */
export const isMissing = (view: ReadView, institution: Uint8Array): boolean =>
  skipTableIn(view).some((entry) => equalBytes(entry.institution, institution) && isAway(entry))
