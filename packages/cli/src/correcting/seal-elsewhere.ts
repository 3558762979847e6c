import { bytesFromBase32, type Compartment, equalBytes, type Purpose } from '@medchain/core'
import type { CommandContext } from '../command-context.ts'
import { fail, valueOrFail } from '../command-error.ts'
import { sizeText } from '../format/size.ts'
import type { ImportItem } from '../importing/import-item.ts'
import { createNetworkGate, type GatePlace } from '../importing/network-gate.ts'
import { openGate } from '../importing/open-gate.ts'
import { isLargeItem } from '../importing/plan-batches.ts'
import type { Progress } from '../progress.ts'
import type { Acting } from '../reading/acting.ts'
import { findSubject } from '../reading/find-subject.ts'
import { readOneRecordAs } from '../reading/one-record.ts'
import { findReadableCharts } from '../reading/readable-charts.ts'
import { bytesOfRecord } from '../reading/write-record.ts'
import type { Party } from '../wallet/contacts.ts'
import type { WrittenRecord } from './written-record.ts'

export interface MovingPlace {
  readonly context: CommandContext
  readonly acting: Acting
  /** As typed; none where a grant says whose chart it is. */
  readonly subject: string | undefined
  readonly purpose: Purpose
  readonly progress: Progress
}

/** A moved record is sealed from memory: its plaintext never lies on a disk. */
const MOVED_BYTES_MAX = 1024 * 1024 * 1024

const subjectOf = async (
  { context, acting, subject }: MovingPlace,
  { chart }: WrittenRecord,
): Promise<Party> => {
  if (subject !== undefined) return findSubject(context, subject)
  const known = await findReadableCharts(context, acting, undefined)
  const found = known.find((each) => equalBytes(each.chart, chart))
  return found === undefined
    ? fail('usage.missing-option', '--subject SUBJECT is needed: whose record is this?')
    : findSubject(context, found.subject)
}

/** Both charts are the patient's, and they are two. */
const checkCharts = ({ charts }: GatePlace, { chart }: WrittenRecord, compartment: Compartment): void => {
  const standing = [...charts].find(([, id]) => equalBytes(id, chart))
  if (standing === undefined)
    fail('usage.subject', 'The record is in no chart of this patient that you know.', 'Check --subject.')
  else if (standing[0] === compartment) fail('usage.compartment', `The record is in ${compartment} already.`)
  if (!charts.has(compartment)) fail('import.no-chart', `The patient has no chart for ${compartment}.`)
}

/** Reads a record and seals its bytes and header to another chart of the patient; the new record's id. */
export const sealElsewhere = async (
  place: MovingPlace,
  record: WrittenRecord,
  compartment: Compartment,
  digest: Uint8Array,
): Promise<Uint8Array> => {
  const { context, acting, progress, purpose } = place
  const gate = await openGate(context, acting, await subjectOf(place, record), progress)
  checkCharts(gate, record, compartment)
  const { record: opened } = await readOneRecordAs(context, acting, record.id, purpose)
  const { sizeBytes, salt, ...description } = opened.header
  if (sizeBytes > MOVED_BYTES_MAX) {
    return fail(
      'record.too-large',
      `A record of more than ${sizeText(MOVED_BYTES_MAX)} is not moved.`,
      'Withdraw it with medchain record supersede ID, and import the file into the other compartment.',
    )
  }
  const bytes = await bytesOfRecord(opened)
  const item: ImportItem = {
    path: record.id,
    content: { type: 'bytes', bytes },
    ...{ sizeBytes, description, compartment, digest },
  }
  const [sent] = await createNetworkGate(gate).send({
    compartment,
    items: [item],
    isLarge: isLargeItem(item),
  })
  return valueOrFail(bytesFromBase32(sent?.id ?? ''))
}
