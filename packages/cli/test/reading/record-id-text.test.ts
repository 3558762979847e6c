import { test } from 'uvu'
import { equal } from 'uvu/assert'
import type { CommandContext } from '../../src/command-context.ts'
import { CommandError } from '../../src/command-error.ts'
import { denyAsStranger, hintingOwnIds, parseRecordId } from '../../src/reading/record-id-text.ts'

const contextOf = (role: string) =>
  ({ wallet: async () => ({ current: async () => ({ role }) }) }) as unknown as CommandContext

const refusal = async (
  role: string,
  work: () => Promise<unknown>,
): Promise<readonly (string | undefined)[]> => {
  try {
    await hintingOwnIds(contextOf(role), work)
    return []
  } catch (error) {
    if (error instanceof CommandError) return [error.code, error.message, error.hint]
    throw error
  }
}

test('a patient whose own id is unknown is told which command lists ids; others are told what a stranger is', async () => {
  const mistyped = async () => parseRecordId('temqjuugzraa')
  const message = 'No grant matches: deny by default.'
  equal(await refusal('patient', mistyped), [
    'consent.none',
    message,
    'medchain records lists the ids of your own records.',
  ])
  equal(await refusal('practitioner', mistyped), ['consent.none', message, undefined])
  equal(await refusal('patient', async () => denyAsStranger()), [
    'consent.none',
    message,
    'medchain records lists the ids of your own records.',
  ])
  equal((await refusal('patient', async () => parseRecordId('?')))[0], 'usage.record-id')
})

test.run()
