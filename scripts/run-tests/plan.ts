import type { TestFile } from './test-file.ts'

export interface Plan {
  /** Start real processes: one at a time, beside the light ones. */
  readonly heavy: readonly TestFile[]
  readonly light: readonly TestFile[]
  /** Measure times: last, with nothing beside them. */
  readonly alone: readonly TestFile[]
  /** Long, and neither asked for nor named. */
  readonly left: readonly TestFile[]
}

/** Who runs when; `filters` are the paths of the command line, and a long file that is one of them runs. */
export function planRun(files: readonly TestFile[], runsLong: boolean, filters: readonly string[]): Plan {
  const isLeft = ({ file, long }: TestFile) =>
    long !== undefined && !runsLong && !filters.some((filter) => file === filter.replace(/^\.\//, ''))
  const chosen = files.filter((file) => !isLeft(file))
  return {
    heavy: chosen.filter(({ heavy, alone }) => heavy && alone === undefined),
    light: chosen.filter(({ heavy }) => !heavy),
    alone: chosen.filter(({ alone }) => alone !== undefined),
    left: files.filter(isLeft),
  }
}

/** The next file for one of `jobs` runners: a heavy one while none runs, else a light one. */
export function takeNext(
  heavy: TestFile[],
  light: TestFile[],
  running: ReadonlySet<TestFile>,
): TestFile | undefined {
  const isHeavyRunning = [...running].some((file) => file.heavy)
  return (isHeavyRunning ? undefined : heavy.shift()) ?? light.shift()
}
