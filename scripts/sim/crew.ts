import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { SeedReport } from '../../packages/core/test/sim/run-seed.ts'
import type { Scenario } from '../../packages/core/test/sim/world/scenario.ts'

export const root = path.resolve(import.meta.dirname, '../..')
export const simulator = path.join(root, 'packages/core/test/sim/run-seed.ts')

export interface CrewOptions {
  /** Path of `run-seed.ts`, of this tree or of a copy. */
  readonly simulator: string
  readonly workers: number
  readonly isShort: boolean
  /** In place of what the seeds draw. */
  readonly scenario?: Partial<Scenario> | undefined
  /** The next seed, or undefined when there is none to begin any more. */
  readonly next: () => number | undefined
  readonly onReport: (report: SeedReport) => void
}

const lost = (seed: number, code: number | null): SeedReport => ({
  seed,
  size: 0,
  heights: 0,
  laterRounds: 0,
  transactions: 0,
  events: 0,
  simulatedMs: 0,
  faults: {} as SeedReport['faults'],
  violation: { rule: 'crash', message: `the process of seed ${seed} ended with ${code}` },
})

/** One child, fed seed by seed; resolves when it is done or gone. */
const runWorker = (options: CrewOptions): Promise<void> =>
  new Promise((resolve) => {
    const { isShort, next, onReport } = options
    const args = [
      '--conditions=medchain-source',
      '--max-semi-space-size=64',
      path.join(import.meta.dirname, 'worker.ts'),
      options.simulator,
    ]
    const form = [isShort ? 'short' : 'whole', JSON.stringify(options.scenario ?? {})]
    const child: ChildProcess = spawn(process.execPath, [...args, ...form], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: root,
    })
    let seed = next()
    const feed = (): void => {
      if (seed === undefined) child.stdin?.end()
      else child.stdin?.write(`${seed}\n`)
    }
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        onReport(JSON.parse(line) as SeedReport)
        seed = next()
        feed()
      })
    }
    child.on('close', (code) => {
      if (seed !== undefined) onReport(lost(seed, code))
      resolve()
    })
    feed()
  })

/** Runs seeds in child processes until `next` has none. */
export const runCrew = async (options: CrewOptions): Promise<void> => {
  await Promise.all(Array.from({ length: options.workers }, () => runWorker(options)))
}
