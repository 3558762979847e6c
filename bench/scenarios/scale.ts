import { hexFromBytes, pendingFromBytes, unwrap } from '@medchain/core'
import { signatureVerifier } from '@medchain/node'
import { createPrng } from '../../scripts/synthetic/prng.ts'
import { makeChart } from '../load/made-transactions.ts'
import type { Figure } from '../report/figure.ts'
import { quantile } from '../report/quantile.ts'
import { makeGenesis } from '../virtual/made-genesis.ts'
import { createVirtualNetwork } from '../virtual/virtual-network.ts'
import type { Pace, Scenario } from './scenario.ts'

const SIZES = [4, 7, 16, 31, 64, 100] as const
const QUICK_SIZES = [4, 7] as const
const PER_SECOND = 20
const SECONDS = 6
/** One way, between institutions of one continent. */
const DELAY_MS = { least: 5, most: 60 } as const
const SYNC_MS = 2
const FIRST_AT_MS = 4_000

/** A delay for each ordered pair, the same at every call. */
const createDelays = (size: number) => {
  const prng = createPrng(size)
  const table = Array.from({ length: size * size }, () => prng.integer(DELAY_MS.least, DELAY_MS.most))
  return (from: number, to: number): number => table[from * size + to] as number
}

const measure = (size: number, pace: Pace): readonly Figure[] => {
  const { genesis, voters, institutions } = makeGenesis(size)
  const dueAtMs = new Map<string, number>()
  const latenciesMs: number[] = []
  let blocks = 0
  const options = {
    genesis,
    signers: voters,
    verifier: signatureVerifier,
    syncMs: SYNC_MS,
    delayMs: createDelays(size),
  }
  const network = createVirtualNetwork(options, (replica, atMs, txIds) => {
    if (replica !== 0) return
    blocks += 1
    for (const txId of txIds) latenciesMs.push(atMs - (dueAtMs.get(hexFromBytes(txId)) ?? Number.NaN))
  })
  network.runUntil(FIRST_AT_MS)
  const before = { ...network.counts, blocks }
  for (let index = 0; index < PER_SECOND * SECONDS; index++) {
    const node = index % size
    const { registration } = makeChart(genesis, institutions[node] as (typeof institutions)[number])
    const atMs = FIRST_AT_MS + (index * 1000) / PER_SECOND
    dueAtMs.set(hexFromBytes(unwrap(pendingFromBytes(registration)).txId), genesis.timeMs + 1 + atMs)
    network.submit(atMs, node, registration)
  }
  network.runUntil(FIRST_AT_MS + SECONDS * 1000 + 3_000)
  const decided = blocks - before.blocks
  const messages = (network.counts.messages - before.messages) / decided
  const kilobytes = (network.counts.sizeBytes - before.sizeBytes) / decided / 1000
  const p50Ms = quantile(latenciesMs, 0.5)
  pace.say(
    `${size} validators: ${latenciesMs.length} transactions in ${decided} blocks; ${Math.round(messages)} messages, ` +
      `${Math.round(kilobytes)} kB a block in the whole network; p50 ${Math.round(p50Ms)} ms`,
  )
  const scenario = 'scale'
  return [
    { scenario, name: `${size} validators: messages a block`, value: messages, unit: 'count' },
    { scenario, name: `${size} validators: bytes a block, all links`, value: kilobytes / 1000, unit: 'MB' },
    { scenario, name: `${size} validators: p50`, value: p50Ms, unit: 'virtual ms' },
  ]
}

/**
 * The real rules under virtual time: links of 5 to 60 ms one way, disks of 2 ms, no loss. What it costs in messages,
 * bytes and waiting to be many; the processor is not part of it.
 */
export const scale: Scenario = async (pace) =>
  (pace.isQuick ? QUICK_SIZES : SIZES).flatMap((size) => measure(size, pace))
