import { base32FromBytes, batchIdFromRecordId, type Purpose, textOfDispute } from '@medchain/core'
import type { DisputeInfo } from '../client/disputes.ts'
import type { CommandContext } from '../command-context.ts'
import { printable } from '../format/printable.ts'
import { rfc3339 } from '../format/time.ts'
import type { Candidate } from '../reading/candidates.ts'
import { bytesOfId, findBatch } from '../reading/chain-facts.ts'
import { type ReadingPlace, readCandidates } from '../reading/read-candidates.ts'
import { bytesOfRecord } from '../reading/write-record.ts'

/** A dispute with what it says; null where the text could not be read, with the reason. */
export interface ToldDispute extends DisputeInfo {
  readonly text: string | null
  readonly code: string | null
}

const candidateFor = async (
  { client }: ReadingPlace,
  { chart, id: disputed }: Candidate,
  { id }: DisputeInfo,
): Promise<Candidate | undefined> => {
  const recordId = bytesOfId(id)
  const batch = await findBatch(client, batchIdFromRecordId(recordId))
  return batch && { id, recordId, chart, batch: { ...batch, disputed }, disputes: [] }
}

/** What the disputes of a record say, each read by a disclosure of its own purpose, like the record. */
export const readDisputes = async (
  place: ReadingPlace,
  about: Candidate,
  purpose: Purpose,
): Promise<readonly ToldDispute[]> => {
  const candidates: Candidate[] = []
  for (const info of about.disputes) {
    const candidate = await candidateFor(place, about, info)
    if (candidate) candidates.push(candidate)
  }
  const texts = new Map<string, Pick<ToldDispute, 'text' | 'code'>>()
  if (candidates.length > 0) {
    for await (const { recordId, result } of readCandidates(place, candidates, 'read', purpose)) {
      const text = result.ok ? textOfDispute(await bytesOfRecord(result.value)) : undefined
      const code = result.ok ? (text === undefined ? 'record.not-a-dispute' : null) : result.code
      texts.set(base32FromBytes(recordId), { text: text ?? null, code })
    }
  }
  return about.disputes.map((info) => ({
    ...info,
    ...(texts.get(info.id) ?? { text: null, code: 'record.not-found' }),
  }))
}

const WHO: Readonly<Record<string, string>> = {
  patient: 'the patient',
  guardian: 'a guardian of the patient',
}

/** Tells people that the record which they read is disputed, by whom and in what words. */
export const tellDisputes = (context: CommandContext, told: readonly ToldDispute[]): void => {
  for (const { id, by, role, timeMs, text, code } of told) {
    const who = WHO[role] ?? `a ${role} (${by})`
    const said =
      text === null ? `its text could not be read [${code}]` : text.split('\n').map(printable).join('\n  ')
    context.warn(`Disputed by ${who} on ${rfc3339(timeMs)} (record ${id}):\n  ${said}`)
  }
}
