import {
  type AuditHead,
  auditHeadSchema,
  auditTag,
  type Change,
  chartEpochs,
  createStateTree,
  decode,
  encode,
  hexFromBytes,
  positionKey,
  type ReadView,
  type StateDelta,
  type StateProof,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import type { ChartHead } from './chart-heads.ts'

/** The key of a chart in the node's map, or undefined while the chain has no such chart. */
export type TagOf = (chart: Uint8Array) => Uint8Array | undefined

/** Tags are remembered: each costs one X25519. */
export const createTagOf = (view: () => ReadView, node: Uint8Array, sealingSecret: Uint8Array): TagOf => {
  const tags = new Map<string, Uint8Array>()
  return (chart) => {
    const name = hexFromBytes(chart)
    const known = tags.get(name)
    if (known) return known
    const first = view().get(chartEpochs, chart, positionKey(0))
    const shared = first && nodeCiphers.x25519(sealingSecret, first.epochKey)
    if (!shared) return undefined
    const tag = auditTag(shared, node)
    tags.set(name, tag)
    return tag
  }
}

/** The map from chart tags to heads of which the node anchors the root; in memory, rebuilt at the start. */
export interface AuditMap {
  readonly root: () => Uint8Array
  /** What the map would become with the heads that are not in it yet; undefined when all are. */
  readonly next: (
    heads: Iterable<ChartHead>,
  ) => { readonly delta: StateDelta; readonly heads: readonly ChartHead[] } | undefined
  readonly install: (next: { readonly delta: StateDelta; readonly heads: readonly ChartHead[] }) => void
  readonly has: (head: ChartHead) => boolean
  readonly prove: (tag: Uint8Array) => StateProof
  readonly headOf: (tag: Uint8Array) => AuditHead | undefined
}

export const createAuditMap = (tagOf: TagOf): AuditMap => {
  const tree = createStateTree({ readBucket: () => [] }, [])
  const included = new Map<string, number>()
  return {
    root: tree.root,
    next(all) {
      const heads = [...all].filter(({ chart, sequence }) => included.get(hexFromBytes(chart)) !== sequence)
      const changes = new Map<string, Change>()
      for (const { chart, sequence, hash } of heads) {
        const key = tagOf(chart)
        if (key)
          changes.set(hexFromBytes(key), { key, value: encode(auditHeadSchema, { sequence, head: hash }) })
      }
      return changes.size > 0 ? { delta: tree.deltaOf(changes), heads } : undefined
    },
    install({ delta, heads }) {
      tree.install(delta)
      for (const { chart, sequence } of heads) included.set(hexFromBytes(chart), sequence)
    },
    has: ({ chart, sequence }) => sequence === 0 || included.get(hexFromBytes(chart)) === sequence,
    prove: tree.prove,
    headOf: (tag) => {
      const value = tree.read(tag)
      return value && unwrap(decode(auditHeadSchema, value))
    },
  }
}
