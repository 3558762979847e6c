import { spawn } from 'node:child_process'
import path from 'node:path'
import type { Consortium } from './consortium.ts'
import type { Daemon } from './daemon.ts'
import { Violation } from './violation.ts'
import { waitUntil } from './wait-until.ts'

const program = path.resolve(import.meta.dirname, '../../packages/cli/bin/medchain.js')
const PAGE = 100
/** How many acknowledged transactions every node is asked for by name. */
const ASKED_MAX = 200

interface BlockRow {
  readonly height: number
  readonly hash: string
}

const hashesOf = async (daemon: Daemon, upTo: number): Promise<Map<number, string>> => {
  const hashes = new Map<number, string>()
  for (let before: number | null = upTo + 1; before !== null; ) {
    const route: string = `/v1/blocks?limit=${PAGE}&before=${before}`
    const page: { blocks: readonly BlockRow[]; next: number | null } = await daemon.get(route)
    for (const { height, hash } of page.blocks) hashes.set(height, hash)
    before = page.next
  }
  return hashes
}

/** The same block at every height on every node; how many heights there are. */
export const checkNoFork = async (daemons: readonly Daemon[]): Promise<number> => {
  const statuses = await Promise.all(daemons.map((daemon) => daemon.status()))
  const height = Math.min(...statuses.map((status) => status?.height ?? 0))
  const [first, ...others] = await Promise.all(daemons.map((daemon) => hashesOf(daemon, height)))
  if (first?.size !== height) {
    throw new Violation('block missing', `${daemons[0]?.name} has ${first?.size} of ${height} blocks`)
  }
  for (const [index, hashes] of others.entries()) {
    for (const [at, hash] of first) {
      if (hashes.get(at) === hash) continue
      const names = `${daemons[0]?.name} has ${hash}, ${daemons[index + 1]?.name} has ${hashes.get(at)}`
      throw new Violation('fork', `height ${at}: ${names}`)
    }
  }
  return height
}

/** Every acknowledged transaction is in the block that the answer named, and every node finds it. */
export const checkNothingLost = async (
  { daemons }: Consortium,
  acknowledged: ReadonlyMap<string, number>,
): Promise<void> => {
  const heights = new Set(acknowledged.values())
  const [reader] = daemons
  const places = new Map<string, number>()
  for (const height of heights) {
    const block = await reader?.get<{ txIds: readonly string[] }>(`/v1/blocks/${height}`)
    for (const txId of block?.txIds ?? []) places.set(txId, height)
  }
  for (const [txId, height] of acknowledged) {
    if (places.get(txId) === height) continue
    throw new Violation('acknowledged and lost', `${txId}, said to be in block ${height}`)
  }
  const all = [...acknowledged]
  const step = Math.max(1, Math.floor(all.length / ASKED_MAX))
  for (const [txId, height] of all.filter((_, index) => index % step === 0)) {
    for (const daemon of daemons) {
      const found = await daemon.get<{ height: number | null }>(`/v1/transactions/${txId}`)
      if (found.height === height) continue
      throw new Violation(
        'acknowledged and lost',
        `${daemon.name} has ${txId} at ${found.height}, not ${height}`,
      )
    }
  }
}

/** One head and one state on every node within the bound; the milliseconds it took. */
export const convergence = (daemons: readonly Daemon[], timeoutMs: number): Promise<number> => {
  let heads: string[] = []
  const agrees = async (): Promise<boolean> => {
    const statuses = await Promise.all(daemons.map((daemon) => daemon.status()))
    heads = statuses.map((status) =>
      status ? `${status.height} ${status.headHash} ${status.stateRoot}` : 'silent',
    )
    return new Set(heads).size === 1 && heads[0] !== 'silent'
  }
  return waitUntil('convergence', agrees, { timeoutMs, pollMs: 50 }).catch(() => {
    const rows = daemons.map(({ name }, index) => `${name}: ${heads[index]}`)
    throw new Violation('no convergence', `not within ${timeoutMs / 1000} s\n${rows.join('\n')}`)
  })
}

/** `medchain node doctor` on the home of a stopped daemon. */
export const checkDisk = ({ home, name }: Daemon): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, '--home', home, 'node', 'doctor', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Violation('damaged disk', `${name}: doctor ended with ${code}\n${text}`)),
    )
  })
