import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConsensusMessage, createEngine, type Engine } from '../../src/consensus/index.ts'
import { faultyOf } from './checks/arithmetic.ts'
import { bytesOf } from './world/signatures.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const SIZE = 31
const HEIGHT = 5
const SELF = SIZE - 1

/** Every signature is good: what a liar signs is its own. */
const createObserved = (): Engine => {
  const engine = createEngine({
    networkId: bytesOf('network'),
    verifier: { verify: () => true },
    sign: () => new Uint8Array(64),
    timeoutMs: () => 1000,
  })
  const validators = Array.from({ length: SIZE }, (_, index) => ({
    institution: bytesOf(`institution ${index}`),
    votingKey: bytesOf(`voting ${index}`),
  }))
  const context = {
    height: HEIGHT,
    validators,
    selfIndex: SELF,
    parentProposerIndex: -1,
    skipped: new Set<number>(),
  }
  engine.handle({ type: 'height', records: [], context })
  return engine
}

const header = (turn: number, sender: number, height: number, round: number) => ({
  version: 1,
  networkId: bytesOf('network'),
  height,
  round,
  parentHash: bytesOf('parent'),
  timeMs: 1_000_000 + turn,
  proposer: bytesOf(`institution ${sender}`),
  transactionsRoot: bytesOf(`transactions ${turn}`),
  stateRoot: bytesOf('state'),
  logRoot: bytesOf('log'),
  logSize: height - 1,
  validatorSetHash: bytesOf('set'),
  nextValidatorSetHash: bytesOf('set'),
})

/** All that one liar can think of in one turn: other rounds, other heights, other hashes, each time anew. */
const lies = (turn: number, sender: number): readonly ConsensusMessage[] => {
  const height = HEIGHT + [0, 0, 1, 4, 9, 10, 11, 500][turn % 8]!
  const round = [0, 1, 2, 3, turn, 1_000_000 + turn][turn % 6] as number
  const blockHash = bytesOf(`lie ${turn} ${sender}`)
  const place = { height, round, sender, signature: new Uint8Array(64).fill(turn % 256) }
  const wireHashes = Array.from({ length: 20 }, (_, at) => bytesOf(`wire ${turn} ${at}`))
  const claim = { sender, newRound: turn + 1, preparedRound: undefined, preparedHash: undefined }
  return [
    { type: 'prepare', ...place, blockHash },
    { type: 'commit', ...place, blockHash },
    { type: 'round-change', height, claim: { ...claim, signature: place.signature }, prepared: undefined },
    {
      type: 'proposal',
      ...place,
      outline: { header: header(turn, sender, height, round), wireHashes },
      roundChanges: [],
      prepared: undefined,
    },
  ]
}

const flood = (engine: Engine, from: number, to: number): void => {
  for (let turn = from; turn < to; turn++)
    for (let sender = 0; sender < faultyOf(SIZE); sender++)
      for (const message of lies(turn, sender))
        engine.handle({ type: 'message', message, from: `node-${sender}` })
}

const heapBytes = (): number => {
  collect()
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
}

test('ten of 31 validators that say ever new things take no more memory than they took at first', () => {
  const engine = createObserved()
  const emptyBytes = heapBytes()
  flood(engine, 0, 300)
  const firstBytes = heapBytes() - emptyBytes
  flood(engine, 300, 1800)
  const lastBytes = heapBytes() - emptyBytes
  assert.is(engine.view().height, HEIGHT)
  assert.ok(
    lastBytes < 2 * Math.max(firstBytes, 1_000_000),
    `${firstBytes} bytes after 300 turns, ${lastBytes} after 1800`,
  )
})

test.run()
