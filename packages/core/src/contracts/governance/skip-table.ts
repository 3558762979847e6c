import { equalBytes } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { proposerIndexOf } from '../../validators/proposer.ts'
import { faultyMax } from '../../validators/quorum.ts'
import { type ValidatorSet, validatorIndexOf } from '../../validators/validator-set.ts'
import { validatorSetIn } from './genesis.ts'
import { type SkipEntry, skippedProposers } from './tables.ts'

const BACK_OFF_MS_MIN = 1000
const BACK_OFF_MS_MAX = 300_000

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

const marked = (entries: readonly SkipEntry[], institution: Uint8Array, timeMs: number): SkipEntry => {
  const before = entries.find((entry) => equalBytes(entry.institution, institution))
  const strikes = (before?.strikes ?? 0) + 1
  return {
    institution,
    strikes,
    markedAtMs: timeMs,
    untilMs: timeMs + backOffMs(strikes),
    readyAtMs: before?.readyAtMs,
  }
}

const writeSkipTable = (view: WriteView, entries: readonly SkipEntry[]): void => {
  if (entries.length > 0) view.put(skippedProposers, entries)
  else view.remove(skippedProposers)
}

/** Marks who missed a turn at this height, and forgets what the builder of the block missed before (consensus Q52). */
export const noteTurns = (view: WriteView, block: BlockBeginning): void => {
  const set = validatorSetIn(view)
  const entries = skipTableIn(view)
  const missed = missedTurns(view, set, block)
  const isOf = (entry: SkipEntry, institution: Uint8Array): boolean =>
    equalBytes(entry.institution, institution)
  const isBuilderListed = entries.some((entry) => isOf(entry, block.proposer))
  if (missed.length === 0 && !isBuilderListed) return
  const kept = entries.filter((entry) => !missed.some((institution) => isOf(entry, institution)))
  const added = missed.map((institution) => marked(entries, institution, block.timeMs))
  writeSkipTable(
    view,
    [...kept, ...added].filter((entry) => !isOf(entry, block.proposer)),
  )
}

/** Ends the back-off of a validator that says it is there; its strikes stay. */
export const endSkip = (view: WriteView, institution: Uint8Array, timeMs: number): void =>
  writeSkipTable(
    view,
    skipTableIn(view).map((entry) =>
      equalBytes(entry.institution, institution) ? { ...entry, untilMs: timeMs, readyAtMs: timeMs } : entry,
    ),
  )

/** Forgets whoever is not in the set. */
export const dropStrangers = (view: WriteView, set: ValidatorSet): void => {
  const entries = skipTableIn(view)
  const kept = entries.filter(({ institution }) => validatorIndexOf(set, institution) >= 0)
  if (kept.length < entries.length) writeSkipTable(view, kept)
}

/** Members that missed their last turn and have not said since that they are back. */
export const isMissing = (view: ReadView, institution: Uint8Array): boolean =>
  skipTableIn(view).some(
    (entry) =>
      equalBytes(entry.institution, institution) &&
      (entry.readyAtMs === undefined || entry.readyAtMs < entry.markedAtMs),
  )
