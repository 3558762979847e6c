import { bytesFromBase32, RECORD_ID_BYTES } from '@medchain/core'
import type { CommandContext } from '../command-context.ts'
import { CommandError, fail } from '../command-error.ts'

const TEXT_LENGTH = Math.ceil((RECORD_ID_BYTES * 8) / 5)
const PLAUSIBLE = /^[a-z0-9]{8,64}$/i

/** What a stranger is told, whether or not there is such a record. */
export const denyAsStranger = (): never => fail('consent.none', 'No grant matches: deny by default.')

/**
 * The 18 bytes of a record's id. Text that could be an id but is none is refused as a stranger is;
 * `usage.record-id` for anything else.
 */
export const parseRecordId = (typed: string): Uint8Array => {
  const text = typed.trim().toLowerCase()
  const id = text.length === TEXT_LENGTH ? bytesFromBase32(text) : undefined
  if (id?.ok) return id.value
  return PLAUSIBLE.test(text)
    ? denyAsStranger()
    : fail('usage.record-id', `“${typed}” is not the id of a record.`)
}

/** A patient whose id is refused mistyped it more likely than not: names the command that lists ids. */
export const hintingOwnIds = async <T>(
  context: Pick<CommandContext, 'wallet'>,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'consent.none') throw error
    const { role } = await (await context.wallet()).current()
    if (role !== 'patient') throw error
    throw new CommandError(error.code, error.message, 'medchain records lists the ids of your own records.')
  }
}
