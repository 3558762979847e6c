import { hexFromBytes } from '../../../src/encoding/index.ts'
import { createReplica, type Replica, type ReplicaEffect } from '../../../src/replica/index.ts'
import { createDisk, portsOf } from '../world/disk.ts'
import type { Host } from '../world/host.ts'
import { type World, worldMs } from '../world/world.ts'
import { type Check, Violation } from './check.ts'
import type { Decisions } from './decisions.ts'

const receiptOf = (effect: Extract<ReplicaEffect, { type: 'committed' }>): string =>
  effect.transactions
    .map(({ txId, kind, events }) => {
      const told = events.map((event) => `${event.kind}:${event.subjects.map(hexFromBytes).join('+')}`)
      return `${hexFromBytes(txId)} ${kind} ${told.join(',')}`
    })
    .join('\n')

/** S5 same blocks, same state and receipts; S8 what was confirmed is there after a crash; S9 replay gives the state. */
export const createReplay = (world: World, decisions: Decisions): Check => {
  const roots = new Map<number, string>()
  const receipts = new Map<number, string>()
  const heads = new Map<number, number>()
  const confirmed = new Map<number, number>()

  const checkRoot = (rule: string, host: Host): void => {
    const status = host.replica?.status()
    if (status === undefined) return
    const root = hexFromBytes(status.stateRoot)
    const known = roots.get(status.height) ?? root
    roots.set(status.height, known)
    if (known !== root) throw new Violation(rule, `${host.peer} has another state at height ${status.height}`)
    if (status.head && hexFromBytes(status.head.stateRoot) !== root)
      throw new Violation(rule, `${host.peer} has another state than header ${status.height} names`)
  }

  const checkReceipt = (host: Host, effect: Extract<ReplicaEffect, { type: 'committed' }>): void => {
    const receipt = receiptOf(effect)
    const known = receipts.get(effect.height) ?? receipt
    receipts.set(effect.height, known)
    if (known !== receipt) throw new Violation('S5', `${host.peer} has other receipts at ${effect.height}`)
    if (host.disk.blocks.length < effect.height)
      throw new Violation('S8', `${host.peer} confirms block ${effect.height} before it is stored`)
    confirmed.set(host.id, effect.height)
  }

  /** Ids that block time has not expired are known wherever their block is. */
  const checkIds = (replica: Replica, rule: string, who: string): void => {
    const { height, headTimeMs } = replica.status()
    for (const { id, height: at, expiryMs } of decisions.transactions.values())
      if (at <= height && expiryMs > headTimeMs && !replica.isRecent(id))
        throw new Violation(rule, `${who} has forgotten the id of a transaction in block ${at}`)
  }

  const replayAll = (): void => {
    const { verifier } = world.signatures
    const chain = [...decisions.blocks].sort(([a], [b]) => a - b)
    const disk = { ...createDisk(), blocks: chain.map(([, { bytes }]) => bytes) }
    const replica = createReplica({
      genesis: world.genesis,
      ports: { ...portsOf(disk), verifier },
      rules: world.load.rules,
    })
    replica.handle({ type: 'start', wal: undefined, lastSigned: undefined, nowMs: worldMs(world) })
    const { height, stateRoot } = replica.status()
    if (height !== disk.blocks.length || hexFromBytes(stateRoot) !== roots.get(height))
      throw new Violation('S9', `replay from genesis leads elsewhere at ${height}`)
    checkIds(replica, 'S9', 'a replay from genesis')
  }

  return {
    effect: (host, effect) => {
      if (effect.type === 'committed') checkReceipt(host, effect)
    },
    settled: (host) => {
      const height = host.disk.blocks.length
      if (heads.get(host.id) === height) return
      heads.set(host.id, height)
      checkRoot('S5', host)
    },
    started: (host) => {
      checkRoot(host.isInstalled ? 'S12' : 'S9', host)
      const height = host.replica?.status().height ?? 0
      if (height < (confirmed.get(host.id) ?? 0))
        throw new Violation(
          'S8',
          `${host.peer} had confirmed block ${confirmed.get(host.id)}, now ends at ${height}`,
        )
      if (host.replica && !host.isDamaged)
        checkIds(host.replica, host.isInstalled ? 'S12' : 'S6', `${host.peer} at its restart`)
    },
    damaged: (host) => {
      confirmed.delete(host.id)
    },
    ended: replayAll,
  }
}
