/** The outcome of checking something that came from outside: a value, or a stable dotted code with one sentence. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string }

export type Refusal = Extract<Result<never>, { ok: false }>

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })

export const refuse = (code: string, message: string): Refusal => ({ ok: false, code, message })

/** Stops on a broken invariant of our own; never for what a peer, a user or a file did. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

export function assertInvariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/** The value of a result known to be good; a refusal here is a broken invariant. */
export const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new InvariantError(`${result.code}: ${result.message}`)
  return result.value
}
