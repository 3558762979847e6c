import {
  batches,
  createAnchorProver,
  type DisclosureKind,
  memberHistoryIn,
  ok,
  type Purpose,
  type Result,
  refuse,
  type ScopeProof,
  textFromBytes,
} from '@medchain/core'
import type {
  KeySource,
  ReadRequest,
  ReadTransport,
  RecordReading,
} from '../../src/disclosure/read-request.ts'
import { readRecords } from '../../src/disclosure/reader.ts'
import { createRequestTransport } from '../../src/disclosure/request-transport.ts'
import type { TestActor, World } from '../requests/consortium.ts'
import type { TestChart } from '../requests/people.ts'

export interface Reading {
  readonly via: number
  readonly actor: TestActor
  readonly chart: { readonly id: Uint8Array }
  readonly recordIds: readonly Uint8Array[]
  readonly keys: KeySource
  readonly kind?: DisclosureKind
  readonly purpose?: Purpose
  readonly minHeight?: number
  readonly scopeProofOf?: (recordId: Uint8Array) => ScopeProof | undefined
}

export const epochKeys = (chart: TestChart): KeySource => ({
  type: 'epochs',
  secretOf: (epoch) => (epoch === 0 ? chart.epochSecret : undefined),
})

export const anchorsFrom =
  ({ chain }: World): ReadTransport['anchors'] =>
  async (batchId) => {
    const batch = chain.head().view.get(batches, batchId)
    const anchors = await chain.anchorsOf(batchId)
    return batch && anchors
      ? ok({ batch, anchorAt: createAnchorProver(anchors) })
      : refuse('consent.none', 'No grant matches: deny by default.')
  }

export const requestFor = (world: World, reading: Reading): ReadRequest => ({
  networkId: world.chain.networkId,
  actor: reading.actor.id,
  sign: reading.actor.sign,
  chart: reading.chart.id,
  recordIds: reading.recordIds,
  kind: reading.kind ?? 'read',
  purpose: reading.purpose ?? 'TREAT',
  scopeProofOf: reading.scopeProofOf,
  servingNode: (world.nodes[reading.via] as World['nodes'][number]).institution.id,
  memberHistory: memberHistoryIn(world.chain.head().view),
  minHeight: reading.minHeight ?? world.chain.head().height,
  keys: reading.keys,
  nowMs: world.clock.wallMs,
})

export const transportFor = (world: World, { via, actor }: Reading): ReadTransport => {
  const node = world.nodes[via] as World['nodes'][number]
  const client = {
    networkId: world.chain.networkId,
    actor: actor.id,
    sign: actor.sign,
    post: (body: Uint8Array) => node.privacy.answer(body),
    nowMs: world.clock.wallMs,
  }
  return createRequestTransport(client, node.institution.id, anchorsFrom(world))
}

export const read = async (world: World, reading: Reading): Promise<RecordReading[]> => {
  const readings: RecordReading[] = []
  for await (const each of readRecords(requestFor(world, reading), transportFor(world, reading)))
    readings.push(each)
  return readings
}

/** Each record's text, title or refusal code. */
export const outcomes = (readings: readonly RecordReading[]): string[] =>
  readings.map(({ result }) =>
    result.ok
      ? textFromBytes(result.value.bytes ?? new Uint8Array(0)) || result.value.header.title
      : result.code,
  )

export const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)
