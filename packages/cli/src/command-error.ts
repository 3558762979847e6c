import type { Result } from '@medchain/core'

/** What a person, a file or a node did wrong: a sentence, a stable code, and the next step if there is one. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

/** Ends the command with this refusal. */
export const fail = (code: string, message: string, hint?: string): never => {
  throw new CommandError(code, message, hint)
}

/** The value of a result; its refusal ends the command. */
export const valueOrFail = <T>(result: Result<T>): T =>
  result.ok ? result.value : fail(result.code, result.message)
