const ESCAPE = String.fromCharCode(0x1b)

// Colours stay; other control characters and bidirectional overrides do not.
const UNPRINTABLE = new RegExp(`(${ESCAPE}\\[[\\d;]*m)|[\\p{Cc}\\u202a-\\u202e\\u2066-\\u2069]`, 'gu')

/** Text from elsewhere in one line that can neither move the cursor nor reorder what stands beside it. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (_, color?: string) => color ?? '�')
