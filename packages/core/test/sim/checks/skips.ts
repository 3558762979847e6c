import { equalBytes } from '../../../src/encoding/index.ts'
import type { Header } from '../../../src/ledger/index.ts'
import type { ValidatorSet } from '../../../src/validators/index.ts'
import { faultyOf } from './arithmetic.ts'
import { Violation } from './check.ts'

interface Missed {
  readonly institution: Uint8Array
  strikes: number
  untilMs: number
  isAway: boolean
}

/** Whose turn it is, by consensus Q52–Q54, from headers and `validator.ready` alone. */
export interface Skips {
  /** Throws where a block was built out of turn; then notes which turns it shows as missed. */
  readonly decided: (header: Header, set: ValidatorSet) => void
  readonly ready: (institution: Uint8Array, timeMs: number) => void
  /** Members of the next set only. */
  readonly keep: (set: ValidatorSet) => void
  /** Passed over above the last block. */
  readonly skipped: (set: ValidatorSet) => readonly Uint8Array[]
}

const BACK_OFF_MS = 1000
const BACK_OFF_MS_MAX = 5 * 60_000
const MEMORY_MS = 5 * 60_000

export const createSkips = (): Skips => {
  let missed: Missed[] = []
  let parent: Header | undefined

  const skipped: Skips['skipped'] = (set) => {
    const timeMs = parent?.timeMs ?? 0
    const due = missed.filter(
      ({ institution, untilMs }) =>
        untilMs > timeMs && set.some((member) => equalBytes(member.institution, institution)),
    )
    return due.slice(-faultyOf(set.length)).map(({ institution }) => institution)
  }

  /** Institutions in the order of their turns. */
  const turnsOf = (set: ValidatorSet): readonly Uint8Array[] => {
    const passed = skipped(set)
    const before = parent
    const last = before ? set.findIndex((member) => equalBytes(member.institution, before.proposer)) : -1
    return Array.from(
      set,
      (_, step) => (set[(last + 1 + step) % set.length] as ValidatorSet[number]).institution,
    ).filter((institution) => !passed.some((each) => equalBytes(each, institution)))
  }

  const strike = (institution: Uint8Array, timeMs: number): void => {
    const entry = missed.find((each) => equalBytes(each.institution, institution)) ?? {
      institution,
      strikes: 0,
      untilMs: 0,
      isAway: true,
    }
    missed = [...missed.filter((each) => each !== entry), entry]
    entry.strikes += 1
    entry.isAway = true
    entry.untilMs = timeMs + Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS * 2 ** (entry.strikes - 1))
  }

  const show = (institution: Uint8Array, timeMs: number): void => {
    const entry = missed.find((each) => equalBytes(each.institution, institution))
    if (entry === undefined) return
    entry.untilMs = Math.min(entry.untilMs, timeMs)
    entry.isAway = false
  }

  return {
    skipped,
    keep: (set) => {
      missed = missed.filter(({ institution }) =>
        set.some((member) => equalBytes(member.institution, institution)),
      )
    },
    ready: (institution, timeMs) => {
      show(institution, timeMs)
    },
    decided: (header, set) => {
      const turns = turnsOf(set)
      const due = turns[header.round % turns.length]
      if (due === undefined || !equalBytes(due, header.proposer))
        throw new Violation('L4', `block ${header.height} was built out of turn in round ${header.round}`)
      const late = Math.min(header.round, faultyOf(set.length))
      missed = missed.filter(({ isAway, untilMs }) => isAway || untilMs + MEMORY_MS > header.timeMs)
      for (const institution of turns.slice(0, late))
        if (!equalBytes(institution, header.proposer)) strike(institution, header.timeMs)
      show(header.proposer, header.timeMs)
      parent = header
    },
  }
}
