/** Up to here a text is put together by hand faster than by the host's codec. */
export const SHORT_TEXT_LENGTH_MAX = 64

/** One array of character codes for each length, filled anew for each text: nothing but the text is garbage later. */
const codesOf: readonly number[][] = Array.from({ length: SHORT_TEXT_LENGTH_MAX + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
)

/** At most `SHORT_TEXT_LENGTH_MAX` bytes as text of one character each. */
export const shortText = (data: Uint8Array, start: number, end: number): string => {
  const codes = codesOf[end - start] as number[]
  for (let at = start; at < end; at++) codes[at - start] = data[at] as number
  return String.fromCharCode.apply(undefined, codes)
}

const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** Half as many bytes at most in hexadecimal. */
export const shortHex = (data: Uint8Array): string => {
  const codes = codesOf[data.length * 2] as number[]
  for (let at = 0; at < data.length; at++) {
    const byte = data[at] as number
    codes[at * 2] = DIGITS[byte >> 4] as number
    codes[at * 2 + 1] = DIGITS[byte & 15] as number
  }
  return String.fromCharCode.apply(undefined, codes)
}
