import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  accountIdFromDid,
  base32FromBytes,
  bytesFromBase32,
  compareBytes,
  HOLD_REASONS,
  type HoldReason,
  hexFromBytes,
  placeHold,
  RECORD_ID_BYTES,
  splitRecordId,
} from '@medchain/core'
import type { TransactionOutcome } from '../../client/api-types.ts'
import type { NodeClient } from '../../client/node-client.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { findBatch, idOfDid } from '../../reading/chain-facts.ts'
import { type CommandAction, type CommandInput, textOption } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'
import { summaryOf } from '../transaction-summary.ts'

interface ChartHold {
  readonly chart: Uint8Array
  readonly records: readonly Uint8Array[]
}

const reasonOf = (input: CommandInput): HoldReason => {
  const given = textOption(input, 'reason')
  const reason = HOLD_REASONS.find((each) => each === given)
  return (
    reason ??
    fail('usage.reason', 'A hold needs a reason.', `--reason is one of: ${HOLD_REASONS.join(', ')}.`)
  )
}

const documentDigest = async (input: CommandInput): Promise<Uint8Array> => {
  const file = textOption(input, 'document')
  if (file === undefined)
    return fail('usage.document', 'A hold rests on a document.', '--document names its file.')
  const bytes = await readFile(file).catch(() =>
    fail('file.not-found', `${file} cannot be read.`, 'Name the document that orders the hold.'),
  )
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

const recordIdOf = (text: string): Uint8Array => {
  const id = valueOrFail(bytesFromBase32(text))
  return id.length === RECORD_ID_BYTES
    ? id
    : fail('usage.record', `“${text}” is not the full id of a record.`)
}

/** One transaction names one chart. */
const byChart = async (client: NodeClient, typed: readonly string[]): Promise<readonly ChartHold[]> => {
  const found = new Map<string, ChartHold>()
  for (const recordId of typed.map(recordIdOf).sort(compareBytes)) {
    const batch = await findBatch(client, splitRecordId(recordId).batchId)
    if (batch === undefined)
      return fail('erasure.unknown-record', `The chain has no record ${base32FromBytes(recordId)}.`)
    const chart = idOfDid(batch.chart)
    const before = found.get(batch.chart)?.records ?? []
    found.set(batch.chart, { chart, records: [...before, recordId] })
  }
  return [...found.values()]
}

/** Keeps records from being erased, in the institution's name. */
export const placeHolds: CommandAction = async (context, input) => {
  const reason = reasonOf(input)
  const digest = await documentDigest(input)
  const whole = textOption(input, 'chart')
  if ((whole === undefined) === (input.args.length === 0))
    return fail('usage.record', 'Name records, or a whole chart with --chart.')
  const { client, send } = await openInstitution(context)
  const charts =
    whole === undefined
      ? await byChart(client, input.args)
      : [{ chart: valueOrFail(accountIdFromDid(whole)), records: [] }]
  const placed: TransactionOutcome[] = []
  for (const { chart, records } of charts)
    placed.push(await send(placeHold, { chart, records, reason, documentDigest: digest }))
  const summary = summaryOf(placed)
  return {
    json: {
      holdId: summary.txId,
      holds: placed.map(({ txId }) => txId),
      reason,
      documentDigest: hexFromBytes(digest),
      records: input.args,
      ...summary,
    },
    text: `Held (${reason}): ${placed.map(({ txId }) => txId).join(', ')}\nmedchain node release HOLD ends it.`,
  }
}
