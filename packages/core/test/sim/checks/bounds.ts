import { hexFromBytes } from '../../../src/encoding/index.ts'
import { blockHash, decodeCommittedBlock, institutionIdOf } from '../../../src/ledger/index.ts'
import { DEFAULT_OPTIONS } from '../../../src/replica/index.ts'
import type { World } from '../world/world.ts'
import { type Check, Violation } from './check.ts'
import type { Decisions } from './decisions.ts'

/** S10: evidence names members that did say two things. */
export const createEvidence = (world: World): Check => ({
  effect: (host, effect) => {
    if (effect.type !== 'evidence') return
    const named = hexFromBytes(effect.record.institution)
    const guilty = world.hosts.some(
      ({ member, isExempt }) =>
        isExempt && named === hexFromBytes(world.load.institutionOf(member) ?? new Uint8Array(0)),
    )
    if (!guilty) {
      const member = world.institutions.findIndex((each) => hexFromBytes(institutionIdOf(each)) === named)
      throw new Violation('S10', `${host.peer} accuses member ${member}, which is honest`)
    }
  },
})

const EFFECTS_MAX = 2000
const ANSWER_BYTES_MAX = 32 * 1024 * 1024
const WAL_BYTES_MAX = 16 * 1024 * 1024

/** S11 as far as it is seen from outside: what waits, what is written and what one input makes a replica say. */
export const createBounds = (world: World): Check => {
  const options = { ...DEFAULT_OPTIONS, ...world.scenario.options }
  return {
    answered: (host, effects) => {
      let sizeBytes = 0
      for (const effect of effects) {
        if ('frame' in effect) sizeBytes += effect.frame.length
        else if ('bytes' in effect) sizeBytes += effect.bytes.length
      }
      if (effects.length > EFFECTS_MAX || sizeBytes > ANSWER_BYTES_MAX)
        throw new Violation(
          'S11',
          `${host.peer} answers one input with ${effects.length} effects, ${sizeBytes} bytes`,
        )
    },
    settled: (host) => {
      if ((host.disk.wal?.length ?? 0) > WAL_BYTES_MAX)
        throw new Violation('S11', `${host.peer} has an endless WAL`)
      if (world.queue.steps() % 64 !== 0) return
      const status = host.replica?.status()
      if (status === undefined) return
      const { transactions, sizeBytes } = status.mempool
      if (transactions > options.mempoolTransactionsMax || sizeBytes > options.mempoolSizeBytesMax)
        throw new Violation('S11', `${host.peer} has ${transactions} transactions waiting`)
      if (status.blocks.length > options.summariesMax || status.peers >= world.hosts.length)
        throw new Violation(
          'S11',
          `${host.peer} keeps ${status.blocks.length} summaries, ${status.peers} peers`,
        )
    },
  }
}

/**
 * The clock moved, a transaction in front of it in the same block was that vote, that word or that evidence, or the
 * block begins with the end of the sender's membership.
 */
const MOVED = /^(tx\.exp|governance\.|validator\.|evidence\.|identity\.suspended)/

/** S13: what was admitted leaves the mempool only into a block, by expiry, or because the state moved. */
export const createAdmitted = (): Check => {
  const admitted = new Map<string, number>()
  return {
    effect: (host, effect) => {
      const height = host.disk.blocks.length
      if (effect.type === 'submit-result' && effect.result.ok)
        admitted.set(`${host.id}/${host.incarnation}/${hexFromBytes(effect.result.value)}`, height)
      if (effect.type !== 'dropped' || MOVED.test(effect.refusal.code)) return
      const name = `${host.id}/${host.incarnation}/${hexFromBytes(effect.txId)}`
      if (admitted.get(name) === height)
        throw new Violation('S13', `${host.peer} drops what it admitted at ${height}: ${effect.refusal.code}`)
    },
  }
}

/** S14: what a node passes on as committed is, or becomes, the one block of its height. */
export const createPassedOn = (decisions: Decisions): Check => {
  const accepted = new Map<number, string>()
  return {
    judged: (host, topic, bytes, verdict) => {
      if (topic !== 'blocks' || verdict !== 'accept') return
      const committed = decodeCommittedBlock(bytes)
      if (!committed.ok) throw new Violation('S14', `${host.peer} accepts what is no block`)
      const { header } = committed.value.block
      const name = hexFromBytes(blockHash(header))
      const known = decisions.blocks.get(header.height)?.hash ?? accepted.get(header.height) ?? name
      accepted.set(header.height, name)
      if (known !== name)
        throw new Violation('S14', `${host.peer} accepts a block ${header.height} that is not the chain's`)
    },
  }
}

/** A replica stops for good only where a disk fault makes it, or a protocol version that it does not know. */
export const createHalts = (world: World): Check => ({
  effect: (host, effect) => {
    const since = world.membership.protocolFrom() ?? Infinity
    if (
      effect.type === 'append-blocks' &&
      host.isOutdated &&
      effect.blocks.some(({ height }) => height >= since)
    )
      throw new Violation('S5', `${host.peer} goes on under rules that it does not know`)
    if (effect.type !== 'halt' || host.isDamaged) return
    const isOutdated = host.isOutdated && effect.refusal.code === 'protocol.unsupported'
    if (isOutdated) world.counts.note('process.outdated')
    if (!isOutdated || host.disk.blocks.length + 1 < since)
      throw new Violation('L7', `${host.peer} halts without a cause: ${effect.refusal.code}`)
  },
})
