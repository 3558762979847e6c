import {
  base32FromBytes,
  bytesFromText,
  COMPARTMENTS,
  type Compartment,
  hashTagged,
  importKnown,
  isCompartment,
} from '@medchain/core'
import { supersededOfRecord } from '../../client/supersessions.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { type MovedCopy, moveRecord } from '../../correcting/move-record.ts'
import { type PastReader, pastReadersOf } from '../../correcting/past-readers.ts'
import { sealElsewhere } from '../../correcting/seal-elsewhere.ts'
import { sendSupersession } from '../../correcting/send-supersession.ts'
import { correctingAuthor, findWritten } from '../../correcting/written-record.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import type { ImportAuthor } from '../../importing/import-target.ts'
import { type Acting, actAs } from '../../reading/acting.ts'
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
  { compartment, isNew }: { readonly compartment: Compartment; readonly isNew: boolean },
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
const moveDigest = (recordId: Uint8Array, compartment: Compartment): Uint8Array =>
  hashTagged('medchain/moved-record/1', recordId, bytesFromText(compartment))

const findCopyOf = async (
  { client }: Acting,
  { actor, institution }: ImportAuthor,
  recordId: Uint8Array,
): Promise<MovedCopy | undefined> => {
  const digests = COMPARTMENTS.map((compartment) => moveDigest(recordId, compartment))
  const found = await client.call(importKnown, { digests }, actor, { node: institution.institution })
  const at = found.findIndex((copy) => copy !== undefined)
  const [copy, compartment] = [found[at], COMPARTMENTS[at]]
  return copy && compartment && { recordId: copy, compartment }
}

/** Puts a record of one's institution into another compartment of its patient. */
export const moveOneRecord: CommandAction = async (context: CommandContext, input) => {
  const compartment = targetOption(input)
  const purpose = purposeOption(input, 'TREAT')
  const acting = await actAs(context)
  const author = await correctingAuthor(acting)
  const record = await findWritten(acting, author, input.args[0] ?? '')
  const readers = await pastReadersOf(acting.client, record, acting.now())
  const progress = await context.progress('Moving')
  const place = { context, acting, subject: textOption(input, 'subject'), purpose, progress }
  const moved = await moveRecord({
    findCopy: () => findCopyOf(acting, author, record.recordId),
    isSuperseded: async () => (await supersededOfRecord(acting.client, record.recordId)) !== undefined,
    copy: async () => {
      const digest = moveDigest(record.recordId, compartment)
      return { recordId: await sealElsewhere(place, record, compartment, digest), compartment }
    },
    withdraw: async () => {
      await sendSupersession(acting, record.chart, [{ recordId: record.recordId, successor: undefined }])
    },
  }).finally(progress.stop)
  const id = base32FromBytes(moved.recordId)
  const isWhereAsked = moved.compartment === compartment
  if (!isWhereAsked) {
    const next = `medchain record move ${id} --compartment ${compartment}`
    context.warn(`An earlier run moved it to ${moved.compartment}; from there: ${next}`)
  }
  return {
    json: {
      ...{ id, movedFrom: record.id, compartment: moved.compartment, state: 'current', isNew: moved.isNew },
      couldRead: readers.map((reader) => ({ ...reader, purposes: [...reader.purposes] })),
    },
    text: textOf(record.id, id, moved, readers),
    exitCode: isWhereAsked ? EXIT.done : EXIT.partly,
  }
}
