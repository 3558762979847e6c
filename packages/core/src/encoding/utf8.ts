// ES2024 has no text codec of its own; both hosts (Node.js, browsers) supply this one.
declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of well-formed text. */
export const bytesFromText = (text: string): Uint8Array => encoder.encode(text)

/** Text of UTF-8 bytes, or undefined when they are not UTF-8. */
export const textFromBytes = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
