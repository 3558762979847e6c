import type { Cluster } from './cluster.ts'
import { heightOf } from './cluster.ts'
import { enrolment, idOf } from './cluster-keys.ts'

/** Hands `count` enrolments to running members in turn; gives those that were handed in. */
export const submitMany = (cluster: Cluster, count: number, prefix: string): readonly Uint8Array[] => {
  const running = cluster.nodes.filter((node) => node.replica && cluster.genesis.members[node.index])
  return Array.from({ length: count }, (_, number) => {
    const node = running[number % running.length]
    if (!node) throw new Error('nobody runs')
    const expiryMs = Math.floor(cluster.nowMs()) + 300_000
    const bytes = enrolment(cluster.genesis, node.index, `${prefix}${number}`, expiryMs)
    cluster.submit(node.index, bytes)
    return bytes
  })
}

export const areCommitted = (cluster: Cluster, all: readonly Uint8Array[]): boolean =>
  cluster.nodes.every(({ replica }) => !replica || all.every((bytes) => replica.isRecent(idOf(bytes))))

/** Every running node is at the same height and has the same state. */
export const isConverged = (cluster: Cluster): boolean => {
  const states = cluster.nodes.flatMap(({ replica }) => (replica ? [replica.status()] : []))
  return new Set(states.map((state) => `${state.height}/${state.stateRoot.join()}`)).size === 1
}

export const minHeight = (cluster: Cluster): number =>
  Math.min(...cluster.nodes.filter((node) => node.replica).map(heightOf))

export const maxHeight = (cluster: Cluster): number => Math.max(...cluster.nodes.map(heightOf))
