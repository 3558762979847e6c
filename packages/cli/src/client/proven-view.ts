import {
  createReadView,
  type Header,
  hexFromBytes,
  type ReadView,
  stateProofSchema,
  verifyStateProof,
} from '@medchain/core'
import { fail } from '../command-error.ts'
import type { NodeClient } from './node-client.ts'
import {
  believeHead,
  decodeProof,
  disprove,
  fromBase64,
  type HeadText,
  type Proving,
  whileOld,
} from './trusted-heads.ts'

/** Whom several entries of one height are asked of. */
export type ProvingMany = Proving & Pick<NodeClient, 'ask'>

/** The block that everything was read at. */
export type ProvenHead = Pick<Header, 'height' | 'timeMs'>

interface Entry {
  readonly value: string | null
  readonly proof: string
}

const KEYS_MAX = 512
const ROUNDS_MAX = 64
const ENTRY = 'state entries'

type Keys = ReadonlyMap<string, Uint8Array>

/** What the node gave for a key, checked. */
interface Found {
  readonly value: Uint8Array | undefined
  /** Encoded StateProof. */
  readonly proof: Uint8Array
}

type Values = Map<string, Found>

const slicesOf = (keys: Keys): (readonly [string, Uint8Array])[][] => {
  const all = [...keys]
  return Array.from({ length: Math.max(1, Math.ceil(all.length / KEYS_MAX)) }, (_, index) =>
    all.slice(index * KEYS_MAX, (index + 1) * KEYS_MAX),
  )
}

const readSlice = async (client: ProvingMany, slice: readonly (readonly [string, Uint8Array])[]) => {
  const answer = await client.ask<HeadText & { readonly entries: readonly Entry[] }>('/v1/proofs', {
    keys: slice.map(([name]) => name),
  })
  const header = await believeHead(client, ENTRY, answer)
  const values = await Promise.all(
    slice.map(async ([name, key], index) => {
      const entry = answer.entries[index]
      if (entry === undefined) return disprove(client, ENTRY)
      const value = entry.value === null ? undefined : fromBase64(entry.value)
      const found: Found = { value, proof: fromBase64(entry.proof) }
      if (client.isTrusting) return [name, found] as const
      const proof = await decodeProof(client, ENTRY, stateProofSchema, entry.proof)
      const isProven = verifyStateProof(header.stateRoot, key, value, proof)
      return isProven ? ([name, found] as const) : disprove(client, ENTRY)
    }),
  )
  return { header, text: answer, values }
}

/** Entries of one height: when blocks come between the answers, nothing is given. */
const readAtOnce = async (client: ProvingMany, keys: Keys) => {
  const parts = await whileOld(client, () =>
    Promise.all(slicesOf(keys).map((slice) => readSlice(client, slice))),
  )
  const [first] = parts
  if (first === undefined || parts.some((part) => part.header.height !== first.header.height))
    return undefined
  const { header, text } = first
  return { header, text, values: new Map(parts.flatMap(({ values }) => values)) }
}

const attempt = <T>(read: () => T): { readonly value: T } | { readonly error: unknown } => {
  try {
    return { value: read() }
  } catch (error) {
    return { error }
  }
}

/** A reading with all that proves it to somebody else. */
export interface ProvenReading<T> {
  readonly value: T
  readonly head: HeadText
  readonly entries: readonly (Found & { readonly key: Uint8Array })[]
}

/**
 * What a pure reading of the state finds, each entry that it looks at proven, all at one height. The reading is
 * run again and again: an entry that is not here yet looks absent to it, is fetched, and the next run goes further.
 * `proof.*` when the node proves something else, `node.busy` when blocks come faster than the answers.
 */
export const proveReading = async <T>(
  client: ProvingMany,
  read: (view: ReadView, head: ProvenHead) => T,
): Promise<ProvenReading<T>> => {
  const keys = new Map<string, Uint8Array>()
  let values: Values = new Map()
  let header: Header | undefined
  let text: HeadText = { header: '', certificate: '' }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const missing = new Map<string, Uint8Array>()
    const view = createReadView({
      read(key) {
        const name = hexFromBytes(key)
        if (!values.has(name)) missing.set(name, key)
        return values.get(name)?.value
      },
    })
    const found = attempt(() => read(view, header ?? { height: 0, timeMs: 0 }))
    if (header && missing.size === 0) {
      if ('error' in found) throw found.error
      const entries = [...keys].flatMap(([name, key]) => {
        const entry = values.get(name)
        return entry ? [{ key, ...entry }] : []
      })
      return { value: found.value, head: text, entries }
    }
    for (const [name, key] of missing) keys.set(name, key)
    // Most often no block came since, and what is new is enough.
    const more = header && (await readAtOnce(client, missing))
    if (more && more.header.height === header?.height) {
      for (const [name, value] of more.values) values.set(name, value)
      continue
    }
    const all = await readAtOnce(client, keys)
    if (all) ({ header, text, values } = all)
  }
  return fail('node.busy', 'Blocks came faster than the node’s answers; try again.')
}

/** What a pure reading of the state finds, proven as by `proveReading`. */
export const readProven = async <T>(
  client: ProvingMany,
  read: (view: ReadView, head: ProvenHead) => T,
): Promise<T> => (await proveReading(client, read)).value
