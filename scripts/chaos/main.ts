// npm run chaos -- [--seed N] [--seconds N] [--rate N] [--scenario NAME|all] [--keep]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { enterEnclosure, whyNot } from './enclosure.ts'
import { SCENARIOS } from './scenarios/all-scenarios.ts'

const END_TIMEOUT_MS = 10_000
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e6)) },
    seconds: { type: 'string', default: '90' },
    rate: { type: 'string', default: '200' },
    scenario: { type: 'string', default: 'round' },
    keep: { type: 'boolean', default: false },
  },
})

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Plays one scenario in an enclosure of its own; its exit code. */
const play = (scenario: string): Promise<number> => {
  const dir = mkdtempSync(path.join(tmpdir(), `medchain-chaos-${process.pid}-`))
  const { seed, seconds, rate } = values
  say(`${scenario}, seed ${seed}, homes in ${dir}`)
  const child = enterEnclosure([
    ...['--scenario', scenario, '--seed', seed],
    ...['--seconds', seconds, '--rate', rate, '--dir', dir],
  ])
  const interrupt = (): void => {
    child.stdin?.end()
    setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS).unref()
  }
  child.stdin?.on('error', () => undefined)
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
      const exitCode = code ?? 1
      if (exitCode === 1)
        say(`again: npm run chaos -- --scenario ${scenario} --seed ${seed} --seconds ${seconds}`)
      if (exitCode === 1 || values.keep) say(`homes and logs: ${dir}`)
      else rmSync(dir, { recursive: true, force: true })
      resolve(exitCode)
    })
  })
}

const playAll = async (): Promise<number> => {
  const reason = whyNot()
  if (reason !== undefined) {
    say(`nothing was run: ${reason}`)
    return 0
  }
  const names = values.scenario === 'all' ? Object.keys(SCENARIOS) : [values.scenario]
  if (!names.every((name) => name in SCENARIOS)) {
    say(`--scenario is all or one of: ${Object.keys(SCENARIOS).join(', ')}`)
    return 2
  }
  let worst = 0
  for (const name of names) {
    const exitCode = await play(name)
    if (exitCode > 1) return exitCode
    worst = Math.max(worst, exitCode)
  }
  return worst
}

process.exitCode = await playAll()
