/** Thrown inside the encoding room only; `decode` turns it into a refusal. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}
