import { signatureVerifier } from '@medchain/node'
import { useNativeHashes } from '../../packages/node/src/keystore/index.ts'
import type { Signer } from '../load/institution-keys.ts'
import { makeChart, makeEpoch } from '../load/made-transactions.ts'
import { makeGenesis } from '../virtual/made-genesis.ts'
import { createVirtualNetwork } from '../virtual/virtual-network.ts'
import type { Scenario } from './scenario.ts'

const VALIDATORS = 4
const PER_SECOND = 1_000
const CHARTS = 1_000
const FROM_MS = 3_000
const LINK_MS = 0.3
const SYNC_MS = 0.5

/**
 * What the rules alone cost: four replicas on one thread under virtual time, with real signatures and hashes, no
 * sockets, disks or HTTP. Processor time, so that other work of the machine hardly shows.
 */
export const corePath: Scenario = async (pace) => {
  useNativeHashes()
  const { genesis, voters, institutions } = makeGenesis(VALIDATORS)
  let committed = 0
  const options = {
    genesis,
    signers: voters,
    verifier: signatureVerifier,
    delayMs: () => LINK_MS,
    syncMs: SYNC_MS,
  }
  const network = createVirtualNetwork(options, (replica, _atMs, txIds) => {
    if (replica === 0) committed += txIds.length
  })
  const charts = Array.from({ length: CHARTS }, (_, index) =>
    makeChart(genesis, institutions[index % VALIDATORS] as Signer),
  )
  for (const [index, { registration }] of charts.entries())
    network.submit(100 + index, index % VALIDATORS, registration)
  network.runUntil(FROM_MS)
  const total = (PER_SECOND * pace.spanMs) / 1000
  const made = Array.from({ length: total }, (_, index) =>
    makeEpoch(genesis, (charts[index % CHARTS] as (typeof charts)[number]).signer),
  )
  network.counts.processorSeconds.clear()
  committed = 0
  for (const [index, bytes] of made.entries())
    network.submit(FROM_MS + (index * 1000) / PER_SECOND, index % VALIDATORS, bytes)
  network.runUntil(FROM_MS + pace.spanMs + 2_000)
  if (committed !== total) throw new Error(`${committed} of ${total} transactions were committed`)
  const spent = [...network.counts.processorSeconds].sort(([, a], [, b]) => b - a)
  const microseconds = (seconds: number): number => (seconds * 1e6) / total / VALIDATORS
  for (const [input, seconds] of spent) pace.say(`${input.padEnd(18)} ${microseconds(seconds).toFixed(1)} µs`)
  const value = microseconds(spent.reduce((sum, [, seconds]) => sum + seconds, 0))
  const name = `${PER_SECOND}/s: processor time of a transaction at one replica`
  return [{ scenario: 'core path', name, value, unit: 'µs' }]
}
