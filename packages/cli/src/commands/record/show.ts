import { isUtf8 } from 'node:buffer'
import { usualPurposeFor } from '../../guarding/for-option.ts'
import { type OneRecord, readOneRecord } from '../../reading/one-record.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { recordJson } from '../../reading/record-json.ts'
import { bytesOfRecord, saveRecord, streamRecord } from '../../reading/write-record.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

const contentJson = (bytes: Uint8Array) =>
  isUtf8(bytes)
    ? { content: Buffer.from(bytes).toString('utf8') }
    : { contentBase64: Buffer.from(bytes).toString('base64') }

const factsOf = (one: OneRecord) => {
  const { subject, compartment, ...facts } = recordJson(one)
  const isKnown = subject !== ''
  return {
    ...facts,
    subject: isKnown ? subject : null,
    compartment: isKnown ? compartment : null,
    purpose: one.purpose,
  }
}

/** The plaintext of a record, byte for byte, on standard output or in a file. */
export const showRecord: CommandAction = async (context, input) => {
  const one = await readOneRecord(context, input.args[0] ?? '', (usual) =>
    purposeOption(input, usualPurposeFor(input, usual)),
  )
  const { record, candidate } = one
  const out = textOption(input, 'out')
  if (out !== undefined) {
    const file = await saveRecord(record, out)
    return { json: { ...factsOf(one), file }, text: `${record.header.title} is in ${file}.` }
  }
  if (context.options.isJson) {
    return { json: { ...factsOf(one), ...contentJson(await bytesOfRecord(record)) }, text: candidate.id }
  }
  await streamRecord(record, context.host.stdout)
  return undefined
}
