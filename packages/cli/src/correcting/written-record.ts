import { batchIdFromRecordId, indexFromRecordId } from '@medchain/core'
import type { BatchInfo } from '../client/api-types.ts'
import { CommandError, fail } from '../command-error.ts'
import { findAuthor, type ImportAuthor } from '../importing/import-target.ts'
import type { Acting } from '../reading/acting.ts'
import { findBatch, idOfDid } from '../reading/chain-facts.ts'
import { denyAsStranger, parseRecordId } from '../reading/record-id-text.ts'

const NOT_AUTHOR = 'Only the institution that wrote a record corrects it.'
const ASK_THE_AUTHOR = 'Ask the institution that wrote it; medchain record verify ID names the author.'

/** Who corrects; `records.not-author` for whoever writes for no institution, a patient above all. */
export const correctingAuthor = async ({ client, identity, isPatient }: Acting): Promise<ImportAuthor> => {
  if (isPatient) return fail('records.not-author', NOT_AUTHOR, ASK_THE_AUTHOR)
  try {
    return await findAuthor(client, identity.actor, identity.did)
  } catch (error) {
    const isNone = error instanceof CommandError && error.code === 'identity.not-author'
    if (isNone) return fail('records.not-author', NOT_AUTHOR, ASK_THE_AUTHOR)
    throw error
  }
}

/** A record of the author's institution. */
export interface WrittenRecord {
  readonly id: string
  readonly recordId: Uint8Array
  readonly chart: Uint8Array
  readonly batch: BatchInfo
}

/** A record that the author's institution wrote; `records.not-author` for another's, a stranger's answer for none. */
export const findWritten = async (
  { client }: Acting,
  { institution }: ImportAuthor,
  typedId: string,
): Promise<WrittenRecord> => {
  const recordId = parseRecordId(typedId)
  const batch = await findBatch(client, batchIdFromRecordId(recordId))
  if (batch === undefined || indexFromRecordId(recordId) >= batch.count) return denyAsStranger()
  const isOwn = Buffer.compare(idOfDid(batch.institution), institution.institution) === 0
  if (!isOwn || batch.disputed !== null) return fail('records.not-author', NOT_AUTHOR, ASK_THE_AUTHOR)
  return { id: typedId.trim().toLowerCase(), recordId, chart: idOfDid(batch.chart), batch }
}
