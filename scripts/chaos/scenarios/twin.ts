import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { addressesOn, type Consortium, daemonOn, startConsortium } from '../consortium.ts'
import type { Daemon } from '../daemon.ts'
import { finalCheck } from '../final-check.ts'
import { startLoad } from '../load.ts'
import type { Scenario } from '../stage.ts'
import { Violation } from '../violation.ts'

const PER_SECOND = 50
const WARM_UP_MS = 4000
const TOGETHER_MS = 20_000
const VICTIM = 3

const copyHome = async ({ lan, dir, spareHost }: Consortium, original: Daemon): Promise<Daemon> => {
  const home = path.join(dir, `${original.name}-copy`)
  await cp(original.home, home, { recursive: true })
  const file = path.join(home, 'node.json')
  const { listen, api } = addressesOn(lan, spareHost, false)
  const text = (await readFile(file, 'utf8'))
    .replace(/^ {2}"listen": .*$/m, `  "listen": ${JSON.stringify(listen)},`)
    .replace(/^ {2}"announce": .*$/m, '  "announce": [],')
    .replace(/^ {2}"api": .*$/m, `  "api": ${JSON.stringify(api)},`)
  await writeFile(file, text)
  return daemonOn(lan, spareHost, home)
}

const evidenceOn = async (daemons: readonly Daemon[]): Promise<number> => {
  const statuses = await Promise.all(daemons.map((daemon) => daemon.status()))
  return Math.max(...statuses.map((status) => status?.evidence ?? 0))
}

/** Two daemons with the keys of one validator, on two hosts: one gives up, or both are seen; never a fork. */
export const twin: Scenario = async ({ dir, say }) => {
  const consortium = await startConsortium({ dir, isRelayed: false })
  const original = consortium.at(VICTIM)
  const load = await startLoad(consortium, { perSecond: PER_SECOND })
  await delay(WARM_UP_MS)
  await original.end('SIGKILL')
  const copy = await copyHome(consortium, original)
  original.start()
  copy.start()
  await delay(TOGETHER_MS)
  const running = [original, copy].filter((daemon) => daemon.isRunning())
  const others = consortium.daemons.filter(({ host }) => host !== VICTIM)
  const evidence = await evidenceOn(others)
  for (const daemon of [original, copy]) {
    const status = await daemon.status()
    const state = daemon.isRunning()
      ? `runs, height ${status?.height}, abstaining: ${status?.abstaining}`
      : `ended with ${daemon.exitCode()}`
    say(`${daemon.name} ${state}`)
  }
  say(`evidence seen by the others: ${evidence}`)
  if (running.length === 0) throw new Violation('both ended', 'neither of the two runs any more')
  await copy.end('SIGKILL')
  if (!original.isRunning()) original.start()
  await delay(WARM_UP_MS)
  const { heights } = await finalCheck(consortium, load)
  return [
    { name: 'of the two, running at the end', value: running.length, unit: 'count' },
    { name: 'pieces of evidence seen', value: evidence, unit: 'count' },
    { name: 'heights, each with one block', value: heights, unit: 'count' },
  ]
}
