import { type DecodeOptions, type Token, Tokenizer, Type } from 'cborg'

const BYTE_ORDER_MARK = '\uFEFF'

const startsWithMark = (data: Uint8Array, at: number): boolean =>
  data[at] === 0xef && data[at + 1] === 0xbb && data[at + 2] === 0xbf

/** cborg's tokens, but text keeps a leading byte order mark, which cborg's own text decoder drops. */
export const createTokenizer = (data: Uint8Array, options: DecodeOptions) => {
  // A view of plain bytes: of a Buffer, the pieces would stay tied to its memory.
  const inner = new Tokenizer(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), options)
  return {
    pos: (): number => inner.pos(),
    done: (): boolean => inner.done(),
    next: (): Token => {
      const start = inner.pos()
      const token = inner.next()
      if (token.type !== Type.string) return token
      const info = (data[start] as number) & 31
      const text = start + (info < 24 ? 1 : 1 + 2 ** (info - 24))
      if (text + 2 < inner.pos() && startsWithMark(data, text)) token.value = BYTE_ORDER_MARK + token.value
      return token
    },
  }
}
