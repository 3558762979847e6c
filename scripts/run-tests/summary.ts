import type { Outcome } from './run-file.ts'
import type { TestFile } from './test-file.ts'

const SLOWEST_MAX = 10
/** A run of a few files needs no list of the slow ones. */
const FILES_FOR_LIST = 20

/** The files that took longest, where many ran. */
export function slowest(outcomes: readonly Pick<Outcome, 'file' | 'seconds'>[]): readonly string[] {
  if (outcomes.length < FILES_FOR_LIST) return []
  const sorted = [...outcomes].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST_MAX)
  return sorted.map(({ file, seconds }) => `slow: ${seconds.toFixed(1).padStart(6)} s ${file}`)
}

/** What was not run and why: inside the files that ran, and long files as a whole. */
export function notRunLines(
  outcomes: readonly Pick<Outcome, 'file' | 'notRun'>[],
  left: readonly TestFile[],
): readonly string[] {
  return [
    ...outcomes.flatMap(({ file, notRun }) => notRun.map((reason) => `not run: ${file}: ${reason}`)),
    ...left.map(({ file, long }) => `not run: ${file}: long: ${long}; npm test -- --long ${file}`),
  ]
}
