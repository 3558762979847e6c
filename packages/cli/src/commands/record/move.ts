import {
  base32FromBytes,
  COMPARTMENTS,
  type Compartment,
  hashTagged,
  importKnown,
  isCompartment,
} from '@medchain/core'
import { supersededOfRecord } from '../../client/supersessions.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { moveRecord } from '../../correcting/move-record.ts'
import { type PastReader, pastReadersOf } from '../../correcting/past-readers.ts'
import { sealElsewhere } from '../../correcting/seal-elsewhere.ts'
import { sendSupersession } from '../../correcting/send-supersession.ts'
import { correctingAuthor, findWritten } from '../../correcting/written-record.ts'
import { shortId } from '../../format/id.ts'
import { actAs } from '../../reading/acting.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { type CommandAction, type CommandInput, textOption } from '../command-spec.ts'

const targetOption = (input: CommandInput): Compartment => {
  const name = textOption(input, 'compartment')
  if (name === undefined)
    return fail('usage.missing-option', '--compartment NAME is needed: where does the record belong?')
  return isCompartment(name)
    ? name
    : fail('usage.compartment', `“${name}” is no compartment.`, `One of: ${COMPARTMENTS.join(', ')}.`)
}

const readerLine = ({ grantee, grantId, purposes, until, isRevoked, isOfList }: PastReader): string =>
  `· ${grantee} for ${purposes.join(', ')} until ${until}${isRevoked ? ', revoked since' : ''}` +
  `${isOfList ? ', if its list names the record' : ''} (grant ${shortId(grantId)})`

const textOf = (
  id: string,
  newId: string,
  compartment: Compartment,
  isNew: boolean,
  readers: readonly PastReader[],
): string =>
  [
    `${isNew ? 'The record is' : 'The record was moved before; it is'} in ${compartment} now: ${newId}`,
    readers.length === 0
      ? 'Until now the patient and your institution could read it, and nobody else by a grant.'
      : 'Beside the patient and your institution these could read it where it stood:',
    ...readers.map(readerLine),
    `Lists leave the old one out. Whoever may read its chart still opens it by its id until the patient has it ` +
      `erased: medchain erase ${id}`,
  ].join('\n')

/** Under which the institution remembers that a record was sealed anew (custody C16). */
const moveDigest = (recordId: Uint8Array): Uint8Array => hashTagged('medchain/moved-record/1', recordId)

/** Puts a record of one's institution into another compartment of its patient. */
export const moveOneRecord: CommandAction = async (context: CommandContext, input) => {
  const compartment = targetOption(input)
  const purpose = purposeOption(input, 'TREAT')
  const acting = await actAs(context)
  const author = await correctingAuthor(acting)
  const record = await findWritten(acting, author, input.args[0] ?? '')
  const digest = moveDigest(record.recordId)
  const readers = await pastReadersOf(acting.client, record, acting.now())
  const progress = await context.progress('Moving')
  const place = { context, acting, subject: textOption(input, 'subject'), purpose, progress }
  const { recordId, isNew } = await moveRecord({
    findCopy: async () => {
      const asked = { digests: [digest] }
      const node = author.institution.institution
      const [found] = await acting.client.call(importKnown, asked, author.actor, { node })
      return found
    },
    isSuperseded: async () => (await supersededOfRecord(acting.client, record.recordId)) !== undefined,
    copy: () => sealElsewhere(place, record, compartment, digest),
    withdraw: async () => {
      await sendSupersession(acting, record.chart, [{ recordId: record.recordId, successor: undefined }])
    },
  }).finally(progress.stop)
  const id = base32FromBytes(recordId)
  return {
    json: {
      ...{ id, movedFrom: record.id, compartment, state: 'current', isNew },
      couldRead: readers.map((reader) => ({ ...reader, purposes: [...reader.purposes] })),
    },
    text: textOf(record.id, id, compartment, isNew, readers),
  }
}
