import { isUtf8 } from 'node:buffer'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { CommandContext } from '../../command-context.ts'
import { CommandError } from '../../command-error.ts'
import { readDisputes, tellDisputes } from '../../disputing/dispute-texts.ts'
import { rfc3339 } from '../../format/time.ts'
import { usualPurposeFor } from '../../guarding/for-option.ts'
import { type OneRecord, readOneRecord } from '../../reading/one-record.ts'
import { noticeText, part2NoticeOf } from '../../reading/part2-notice.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { disputeJson, recordJson } from '../../reading/record-json.ts'
import { bytesOfRecord, isKept, partOf, saveRecord, streamRecord } from '../../reading/write-record.ts'
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

const TRIES_MAX = 6
const PAUSE_MS = 500

/** Whether the person asked for the end; what came of the file is kept. */
const interruption = (context: CommandContext): (() => boolean) => {
  let isInterrupted = false
  void context.untilInterrupted().then(() => {
    isInterrupted = true
    context.warn('It ends after the piece under way; the same command goes on from there.')
  })
  return () => isInterrupted
}

/** Saves a record; where a holder falls silent midway, another one is asked for the rest. */
const saveOne = async (
  context: CommandContext,
  read: () => Promise<OneRecord>,
  out: string,
): Promise<{ readonly one: OneRecord; readonly file: string }> => {
  const isInterrupted = interruption(context)
  for (let tries = 1; ; tries++) {
    const one = await read()
    try {
      return { one, file: await saveRecord(one.record, out, isInterrupted) }
    } catch (error) {
      if (!isKept(error)) throw error
      const isOver = tries === TRIES_MAX || isInterrupted() || error.code === 'node.unreachable'
      if (isOver) {
        const part = partOf(path.resolve(out), one.record.recordId)
        throw new CommandError(
          error.code,
          error.message,
          `${part} is not the record; the same command goes on from it.`,
        )
      }
      context.note(`${error.message} The rest is asked for anew [${error.code}]`)
      await delay(PAUSE_MS * tries)
    }
  }
}

/** Tells what travels with a record of a Part 2 programme; the same for scripts. */
const tellPart2 = async (context: CommandContext, { acting, candidate, place: { members } }: OneRecord) => {
  const notice = await part2NoticeOf(acting, [candidate], members, context.host.now())
  if (notice === undefined) return {}
  context.warn(noticeText(notice))
  return { part2: { ...notice } }
}

/** Tells that its author took a record back, or has a newer one. */
const tellSuperseded = (context: CommandContext, { candidate: { superseded } }: OneRecord): void => {
  if (superseded === undefined) return
  context.warn(
    superseded.supersededBy === null
      ? `Its author withdrew this record on ${rfc3339(superseded.timeMs)}: it is wrong, or stands elsewhere.`
      : `Its author replaced this record on ${rfc3339(superseded.timeMs)} by ${superseded.supersededBy}.`,
  )
}

/** Tells who disputes the record and in what words, or that it disputes another; the same for scripts. */
const tellDisputed = async (context: CommandContext, { candidate, place, purpose }: OneRecord) => {
  const { disputed } = candidate.batch
  if (disputed !== null) context.note(`This disputes record ${disputed}.`)
  const told = await readDisputes(place, candidate, purpose)
  tellDisputes(context, told)
  return { disputes: told.map(({ text, code, ...info }) => ({ ...disputeJson(info), text, code })) }
}

/** The plaintext of a record, byte for byte, on standard output or in a file. */
export const showRecord: CommandAction = async (context, input) => {
  const read = () =>
    readOneRecord(context, input.args[0] ?? '', (usual) =>
      purposeOption(input, usualPurposeFor(input, usual)),
    )
  const out = textOption(input, 'out')
  if (out !== undefined) {
    const { one, file } = await saveOne(context, read, out)
    tellSuperseded(context, one)
    return {
      json: {
        ...factsOf(one),
        ...(await tellDisputed(context, one)),
        ...(await tellPart2(context, one)),
        file,
      },
      text: `${one.record.header.title} is in ${file}.`,
    }
  }
  const one = await read()
  const { record, candidate } = one
  tellSuperseded(context, one)
  const said = { ...(await tellDisputed(context, one)), ...(await tellPart2(context, one)) }
  if (context.options.isJson) {
    return {
      json: { ...factsOf(one), ...said, ...contentJson(await bytesOfRecord(record)) },
      text: candidate.id,
    }
  }
  await streamRecord(record, context.host.stdout)
  return undefined
}
