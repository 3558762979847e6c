import { failSyntax, type JsonCursor } from './cursor.ts'
import { JsonNumber } from './value.ts'

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** RFC 8259 §6: no leading zero, no bare point, no plus sign. */
export const readNumber = (cursor: JsonCursor): JsonNumber => {
  const start = cursor.at
  if (byteAt(cursor) === 0x2d) cursor.at += 1
  if (byteAt(cursor) === 0x30) cursor.at += 1
  else skipDigits(cursor)
  if (byteAt(cursor) === 0x2e) {
    cursor.at += 1
    skipDigits(cursor)
  }
  const exponent = byteAt(cursor)
  if (exponent === 0x65 || exponent === 0x45) {
    cursor.at += 1
    const sign = byteAt(cursor)
    if (sign === 0x2b || sign === 0x2d) cursor.at += 1
    skipDigits(cursor)
  }
  let text = ''
  for (let at = start; at < cursor.at; at += 1) text += String.fromCharCode(cursor.bytes[at] ?? 0)
  return new JsonNumber(text)
}

const byteAt = (cursor: JsonCursor): number | undefined =>
  cursor.at < cursor.end ? cursor.bytes[cursor.at] : undefined

const skipDigits = (cursor: JsonCursor): void => {
  if (!isDigit(byteAt(cursor))) failSyntax(cursor, 'a digit')
  while (isDigit(byteAt(cursor))) cursor.at += 1
}
