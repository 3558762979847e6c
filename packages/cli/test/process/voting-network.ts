import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { drawPassphrase } from '@medchain/node'
import { findBasePort } from '../../../../test/harness/free-ports.ts'
import { type LocalNetwork, type NodeStatus, startDaemon } from '../../../../test/harness/local-network.ts'
import { ask, type Seat } from '../../../../test/harness/run-medchain.ts'
import { waitUntil } from '../../../../test/harness/wait-until.ts'

/** An institution that founded nothing, with a home beside those of the network. */
export interface Newcomer extends Seat {
  readonly did: string
  readonly memberFile: string
  readonly start: () => Promise<void>
}

/** Makes the home of a node as an institution does that was not there at the beginning. */
export const createNewcomer = async (network: LocalNetwork, name: string): Promise<Newcomer> => {
  const home = path.join(network.dir, name)
  const passphraseFile = path.join(network.dir, `${name}.passphrase`)
  writeFileSync(passphraseFile, `${drawPassphrase()}\n`, { mode: 0o600 })
  const base = await findBasePort([0, 100])
  const url = `http://127.0.0.1:${base}`
  const seat = { home, url, passphraseFile }
  const places = ['--listen', `/ip4/127.0.0.1/tcp/${base + 100}`, '--api', `127.0.0.1:${base}`]
  const made = await ask<{ did: string; memberFile: string }>(seat, [
    ...['node', 'init', '--name', name, '--role', 'hospital', ...places],
  ])
  const genesis = ['--genesis', path.join(network.dir, 'genesis.json')]
  return { ...seat, ...made, start: () => startDaemon(home, url, genesis) }
}

export const statusOf = async ({ url }: Seat): Promise<NodeStatus | undefined> => {
  try {
    const response = await fetch(`${url}/v1/status`, { signal: AbortSignal.timeout(5000) })
    return response.ok ? ((await response.json()) as NodeStatus) : undefined
  } catch {
    return undefined // silent
  }
}

export const getJson = async <T>({ url }: Seat, at: string): Promise<T> =>
  (await (await fetch(`${url}${at}`, { signal: AbortSignal.timeout(5000) })).json()) as T

export interface Voted {
  readonly id: string
  readonly outcome: string
  readonly height: number
}

/** Opens a proposal with the first seat and approves of it with the others; what the last vote led to. */
export const adopt = async (
  [proposer, ...voters]: readonly [Seat, ...Seat[]],
  change: readonly string[],
): Promise<Voted> => {
  const { proposal } = await ask<{ proposal: string }>(proposer, ['member', 'propose', ...change])
  let last: Voted | undefined
  for (const voter of voters) last = await ask<Voted>(voter, ['member', 'vote', proposal, '--approve'])
  if (last === undefined) throw new Error('nobody voted')
  return last
}

/** Waits until a seat’s node has come to a height. */
export const reaches = (seat: Seat, height: number): Promise<boolean> =>
  waitUntil(`${seat.home} at ${height}`, async () => ((await statusOf(seat))?.height ?? 0) >= height, {
    timeoutMs: 120_000,
  })

/** The longest time in which no node of these made a block, in ms; until it is stopped. */
export const watchHeights = (seats: readonly Seat[]) => {
  let isOn = true
  let longestMs = 0
  const watch = async (): Promise<void> => {
    let height = 0
    let since = performance.now()
    await waitUntil(
      'the end of the watch',
      async () => {
        const heights = (await Promise.all(seats.map(statusOf))).map((status) => status?.height ?? 0)
        const now = performance.now()
        longestMs = Math.max(longestMs, now - since)
        if (Math.max(...heights) > height) since = now
        height = Math.max(height, ...heights)
        return !isOn
      },
      { timeoutMs: 600_000, pollMs: 100 },
    )
  }
  const watching = watch()
  return {
    stop: async (): Promise<number> => {
      isOn = false
      await watching
      return longestMs
    },
  }
}
