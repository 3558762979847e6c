import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { recovery } from '../check-daemons.ts'
import { addressesOn, type Consortium, daemonOn, startConsortium } from '../consortium.ts'
import type { Daemon } from '../daemon.ts'
import { finalCheck } from '../final-check.ts'
import { startLoad } from '../load.ts'
import type { Scenario, Stage } from '../stage.ts'
import { Violation } from '../violation.ts'

const PER_SECOND = 50
const WARM_UP_MS = 4000
const TOGETHER_MS = 20_000
const VICTIM = 3
/** How much later than the original the copy starts: with the same memory, and with an old one. */
const LATE_MS = [0, 12_000]

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

interface MemberRow {
  readonly name: string
  readonly evidence: { readonly count: number }
}

/** Evidence against an institution that stands on the chain. */
const evidenceAgainst = async (name: string, teller: Daemon): Promise<number> => {
  const { members } = await teller.get<{ members: readonly MemberRow[] }>('/v1/members')
  return members.find((member) => member.name === name)?.evidence.count ?? 0
}

const stateOf = async (daemon: Daemon): Promise<string> => {
  if (!daemon.isRunning()) return `ended with ${daemon.exitCode()}`
  const { height, abstaining } = (await daemon.status()) ?? {}
  return `height ${height}, ${abstaining === null ? 'signs' : `abstains: ${abstaining}`}`
}

interface Outcome {
  readonly signing: number
  readonly evidence: number
}

/** Both run for a while, the copy from the same moment on or later than the original. */
const runBoth = async (consortium: Consortium, lateMs: number, say: Stage['say']): Promise<Outcome> => {
  const original = consortium.at(VICTIM)
  await original.end('SIGKILL')
  const copy = await copyHome(consortium, original)
  original.start()
  await delay(lateMs)
  copy.start()
  await delay(TOGETHER_MS)
  const states = await Promise.all([original, copy].map(stateOf))
  const evidence = await evidenceAgainst(original.name, consortium.at(0))
  say(
    `a copy started ${lateMs} ms later; the original: ${states[0]}; the copy: ${states[1]}; evidence: ${evidence}`,
  )
  if (!original.isRunning() && !copy.isRunning()) throw new Violation('both ended', states.join('; '))
  await copy.end('SIGKILL')
  await rm(copy.home, { recursive: true })
  if (!original.isRunning()) original.start()
  return { signing: states.filter((state) => state.endsWith(' signs')).length, evidence }
}

/** Two daemons with the keys of one validator, on two hosts: one gives up, or both are seen; never a fork. */
export const twin: Scenario = async ({ dir, say }) => {
  const consortium = await startConsortium({ dir, isRelayed: false })
  const load = await startLoad(consortium, { perSecond: PER_SECOND })
  await delay(WARM_UP_MS)
  const outcomes: Outcome[] = []
  for (const lateMs of LATE_MS) outcomes.push(await runBoth(consortium, lateMs, say))
  await recovery(consortium)
  const { heights } = await finalCheck(consortium, load)
  const most = (pick: (outcome: Outcome) => number): number => Math.max(...outcomes.map(pick))
  const evidence = most((outcome) => outcome.evidence)
  const signing = most((outcome) => outcome.signing)
  return [
    { name: 'of the two, signing at the end', value: signing, unit: 'count' },
    { name: 'pieces of evidence on the chain', value: evidence, unit: 'count' },
    { name: 'signing and not seen', value: evidence > 0 ? 0 : signing - 1, unit: 'count', atMost: 0 },
    { name: 'heights, each with one block', value: heights, unit: 'count' },
  ]
}
