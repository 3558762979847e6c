import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { COMPARTMENTS, commitmentOf, equalBytes, indexFromRecordId, RECORD_ID_BYTES } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { CommandContext } from '../command-context.ts'
import { fail } from '../command-error.ts'
import { type CommandInput, type CommandResult, textOption } from '../commands/command-spec.ts'
import { rfc3339 } from '../format/time.ts'
import { bytesOfId, findAnchors } from './chain-facts.ts'
import type { ListedRecord } from './list-records.ts'
import { openCharts } from './open-charts.ts'
import { purposeOption } from './purpose-option.ts'
import { readCandidates, usualPurpose } from './read-candidates.ts'
import { createFaultNotes, isDenial, mostTelling } from './refusals.ts'

interface FileContent {
  readonly hash: Uint8Array
  readonly sizeBytes: number
}

const ID_LENGTH = Math.ceil((RECORD_ID_BYTES * 8) / 5)

const readContent = async (file: string): Promise<FileContent> => {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer)
    sizeBytes += (chunk as Buffer).length
  }
  return { hash: new Uint8Array(hash.digest()), sizeBytes }
}

/** The record that a file's name names, as `chart --out DIR` names its files. */
const namedRecord = (file: string): string | undefined =>
  path
    .basename(file)
    .split(/[^a-z2-7]+/)
    .find((part) => part.length === ID_LENGTH)

/** Every listed record that might be the file's, most likely first. */
const listCandidates = async (context: CommandContext, input: CommandInput, file: string) => {
  const { acting, place, candidates } = await openCharts(
    context,
    textOption(input, 'subject'),
    new Set(COMPARTMENTS),
  )
  const named = namedRecord(file)
  const wanted = candidates.filter(({ id }) => named === undefined || id === named)
  const asked = wanted.length > 0 ? wanted : candidates
  const listed: ListedRecord[] = []
  const refusals = []
  const note = createFaultNotes(context, place)
  const purpose = purposeOption(input, usualPurpose(acting))
  for await (const reading of readCandidates(place, asked, 'list', purpose)) {
    note(reading)
    if (reading.result.ok) listed.push({ candidate: reading.candidate, record: reading.result.value })
    else refusals.push(reading.result)
  }
  const telling = mostTelling(refusals.filter(({ code }) => listed.length === 0 || !isDenial(code)))
  if (telling !== undefined) throw telling
  return { acting, listed, named: wanted.length > 0 ? named : undefined }
}

/** Finds the record that commits to exactly the bytes of a file, by headers only: nothing is opened. */
export const checkFile = async (
  context: CommandContext,
  input: CommandInput,
  file: string,
): Promise<CommandResult> => {
  const content = await readContent(file)
  const { acting, listed, named } = await listCandidates(context, input, file)
  for (const { candidate, record } of listed) {
    const { salt, mediaType, sizeBytes } = record.header
    if (sizeBytes !== content.sizeBytes) continue
    const position = indexFromRecordId(candidate.recordId)
    const found = await findAnchors(acting.client, bytesOfId(candidate.batch.batchId), [position])
    const proven = found?.anchorAt(position)
    const place = { networkId: acting.networkId, recordId: candidate.recordId }
    const commitment = commitmentOf(place, salt, mediaType, content.hash, nodeCiphers)
    if (found === undefined || proven === undefined || !equalBytes(proven.anchor.commitment, commitment))
      continue
    const { height, timeMs, author } = found.batch
    return {
      json: { file, id: candidate.id, verified: true, author, height, at: rfc3339(timeMs), sizeBytes },
      text: `${context.paint.good('Verified')}: ${file} is record ${candidate.id}, anchored at height ${height}.`,
    }
  }
  const expected = listed.find(({ candidate }) => candidate.id === named)?.record.header.sizeBytes
  if (expected !== undefined) {
    const what =
      expected === content.sizeBytes
        ? 'its content differs'
        : `it has ${content.sizeBytes} bytes instead of ${expected}`
    return fail('record.commitment-mismatch', `${file} is not what record ${named} commits to: ${what}.`)
  }
  return fail(
    'record.file-mismatch',
    `None of the ${listed.length} records that you may see commits to the bytes of ${file}.`,
  )
}
