import {
  type Batch,
  equalBytes,
  hexFromBytes,
  ok,
  type RecordAnchor,
  type Refusal,
  type Result,
  refuse,
  splitRecordId,
  verifyAnchor,
} from '@medchain/core'
import {
  groupByHolders,
  nextHolder,
  type PendingRecord,
  pendingRecord,
  type StatementGroup,
} from './holder-choice.ts'
import { naming } from './open-content.ts'
import { createItemOpener, itemIn } from './open-item.ts'
import type { BatchAnchors, ReadRequest, ReadTransport, RecordReading } from './read-request.ts'
import { createStatementExchange, type LegItems, type StatementExchange } from './statement-exchange.ts'

const NONE: Refusal = refuse('consent.none', 'No grant matches: deny by default.')

/** Another holder may do better; everything else is final. */
const isHolderFault = (code: string): boolean =>
  /^(network|node|vault|audit|leg|encoding)\./.test(code) ||
  code === 'disclosure.stale' ||
  code === 'request.busy'

interface Legs {
  readonly exchange: StatementExchange
  readonly ciphertext: LegItems
  readonly release: LegItems
  readonly agent: LegItems | undefined
}

/** A batch and one anchor of it, checked against the batch. */
interface AnchoredRecord {
  readonly batch: Batch
  readonly anchor: RecordAnchor
}

const BAD_ANCHORS: Refusal = refuse(
  'record.anchors',
  'The anchors of the batch are not those on the chain; ask another node.',
)

/** Reads each batch once, with the anchors that are asked of it, and checks them against committed state. */
const createAnchorSource = ({ recordIds, chart }: ReadRequest, transport: ReadTransport) => {
  const positions = new Map<string, number[]>()
  for (const { batchId, position } of recordIds.map(splitRecordId)) {
    const name = hexFromBytes(batchId)
    positions.set(name, [...(positions.get(name) ?? []), position])
  }
  const known = new Map<string, Promise<Result<BatchAnchors>>>()
  return async (recordId: Uint8Array): Promise<Result<AnchoredRecord>> => {
    const { batchId, position } = splitRecordId(recordId)
    const name = hexFromBytes(batchId)
    const loading = known.get(name) ?? transport.anchors(batchId, positions.get(name) ?? [])
    known.set(name, loading)
    const found = await loading
    if (!found.ok) return found
    const { batch, anchorAt } = found.value
    if (!equalBytes(batch.chart, chart) || position >= batch.count) return NONE
    const proven = anchorAt(position)
    if (!proven || !verifyAnchor(batch, position, proven)) return BAD_ANCHORS
    return ok({ batch, anchor: proven.anchor })
  }
}

/** Both legs in parallel; notes at the records which holder failed. A refusal is final for all of them. */
const askHolders = async (
  request: ReadRequest,
  transport: ReadTransport,
  group: StatementGroup,
  unreachable: Set<string>,
): Promise<Result<Legs | undefined>> => {
  const { ciphertextHolder, releaseHolder, records } = group
  const recordIds = records.map(({ recordId }) => recordId)
  const holders = { ciphertext: ciphertextHolder, release: releaseHolder }
  const exchange = createStatementExchange(request, transport, recordIds, holders)
  const release = exchange.release()
  const ciphertext = await exchange.ciphertext()
  const agent =
    ciphertext.ok && request.keys.type === 'agent' ? await askAgent(exchange, ciphertext.value) : undefined
  const released = await release
  for (const [leg, result] of [
    ['ciphertext', ciphertext],
    ['release', released],
  ] as const) {
    if (result.ok) continue
    if (!isHolderFault(result.code)) return result
    const holder = holders[leg]
    if (result.code.startsWith('network.')) unreachable.add(hexFromBytes(holder))
    for (const record of records) record.faults.push({ holder, leg, code: result.code })
  }
  if (!ciphertext.ok || !released.ok) return ok(undefined)
  if (agent && !agent.ok) return agent
  return ok({ exchange, ciphertext: ciphertext.value, release: released.value, agent: agent?.value })
}

const askAgent = (exchange: StatementExchange, { items }: LegItems): Promise<Result<LegItems>> =>
  exchange.agent([...items.values()].flatMap(({ key }) => (key ? [key] : [])))

/** The age of the oldest head that a leg decided on, where one was stale. */
const oldest = (legs: Legs | undefined): number | undefined => {
  const ages = [legs?.ciphertext, legs?.release, legs?.agent].flatMap((leg) => leg?.staleMs ?? [])
  return ages.length > 0 ? Math.max(...ages) : undefined
}

const lastFault = (record: PendingRecord): Refusal => {
  const { code = 'network.unreachable', holder } = record.faults.at(-1) ?? {}
  const refusal = refuse(code, 'No holder could serve the record.')
  return holder ? naming(refusal, holder) : refusal
}

/** The reading of one record, or undefined when another holder is to be tried. */
const readOne = async (
  record: PendingRecord,
  legs: Legs,
  group: StatementGroup,
  parts: {
    readonly anchors: (recordId: Uint8Array) => Promise<Result<AnchoredRecord>>
    readonly open: ReturnType<typeof createItemOpener>
    readonly transport: ReadTransport
  },
): Promise<Result<RecordReading['result']> | undefined> => {
  const { recordId, faults } = record
  const { ciphertextHolder, releaseHolder } = group
  const ciphertext = itemIn(legs.ciphertext, recordId)
  const release = itemIn(legs.release, recordId)
  const agent = legs.agent && itemIn(legs.agent, recordId)
  for (const [leg, item, holder] of [
    ['ciphertext', ciphertext, ciphertextHolder],
    ['release', release, releaseHolder],
  ] as const) {
    if (item?.code === 'permit') continue
    const code = item?.code ?? 'leg.damaged'
    if (!isHolderFault(code)) return ok(refuse(code, 'The record was refused.'))
    faults.push({ holder, leg, code })
  }
  if (ciphertext?.code !== 'permit' || release?.code !== 'permit') return undefined
  if (agent && agent.code !== 'permit')
    return ok(refuse(agent.code, 'The institution’s key agent refused the record.'))
  const anchored = await parts.anchors(recordId)
  if (!anchored.ok) return ok(anchored)
  const fetch = (offset: number, length: number) =>
    parts.transport.chunk(ciphertextHolder, { statementHash: legs.exchange.hash, recordId, offset, length })
  const opened = await parts.open({
    recordId,
    ...anchored.value,
    ciphertext,
    release,
    agent,
    ciphertextHolder,
    fetch,
  })
  if (opened.ok) return ok(opened)
  if (opened.blamed === 'nobody') return ok(opened.refusal)
  const holder = opened.blamed === 'ciphertext' ? ciphertextHolder : releaseHolder
  faults.push({ holder, leg: opened.blamed, code: opened.refusal.code })
  return undefined
}

/**
 * Reads records through two holders each, at most 200 a signed statement, and yields every record once: opened
 * and checked against the chain, or refused. Where a holder fails or gives wrong bytes the next one of its
 * set is asked; `faults` names it either way.
 */
export async function* readRecords(
  request: ReadRequest,
  transport: ReadTransport,
): AsyncGenerator<RecordReading> {
  const parts = {
    anchors: createAnchorSource(request, transport),
    open: createItemOpener(request),
    transport,
  }
  const unreachable = new Set<string>()
  let pending: PendingRecord[] = []
  for (const recordId of request.recordIds) {
    const anchored = await parts.anchors(recordId)
    const { institution, height } = anchored.ok
      ? anchored.value.batch
      : { institution: undefined, height: request.minHeight }
    pending.push(pendingRecord(recordId, request.memberHistory, height, institution))
  }
  while (pending.length > 0) {
    const again: PendingRecord[] = []
    for (const group of groupByHolders(pending, unreachable)) {
      const legs = await askHolders(request, transport, group, unreachable)
      for (const record of group.records) {
        const { recordId, faults } = record
        const done = !legs.ok ? ok(legs) : legs.value && (await readOne(record, legs.value, group, parts))
        if (done?.ok) {
          yield { recordId, result: done.value, faults, staleMs: legs.ok ? oldest(legs.value) : undefined }
          continue
        }
        const isLeft = (['ciphertext', 'release'] as const).every((side) =>
          nextHolder(record, side, unreachable),
        )
        if (isLeft) again.push(record)
        else yield { recordId, result: lastFault(record), faults }
      }
    }
    pending = again
  }
}
