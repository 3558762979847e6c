/** Thrown inside the encoding room only; `decode` turns it into a refusal. What a schema says begins with the place, `$` for the whole. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}
