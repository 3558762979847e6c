import { lineAt, type SourceFile } from './source-file.ts'

export interface FunctionSpan {
  readonly at: string
  /** From signature to closing brace. */
  readonly lines: number
  /** Without the functions declared inside: a factory is not long because what it makes is. */
  readonly ownLines: number
}

const control = /\b(if|for|while|switch|catch|with)\s*(await\s*)?$/
// A return type between `)` and the body, as far as it can be told without parsing.
const returnType = /\)\s*:\s*[\w\s<>,.|&[\]'"?():=]*[\w>\]'")]\s*$/

/** The functions with a body of their own in a file. */
export function functionsOf({ file, code }: SourceFile): FunctionSpan[] {
  const spans: FunctionSpan[] = []
  const open: { brace: number; inner: number }[] = [] // inner: lines of functions inside
  for (let i = 0; i < code.length; i++) {
    if (code[i] === '{') open.push({ brace: i, inner: 0 })
    if (code[i] !== '}') continue
    const block = open.pop()
    if (block === undefined) continue
    const outer = open.at(-1) ?? { brace: 0, inner: 0 }
    const signature = signatureStart(code, block.brace)
    if (signature === undefined) {
      outer.inner += block.inner
      continue
    }
    const first = lineAt(code, signature)
    const lines = lineAt(code, i) - first + 1
    spans.push({ at: `${file}:${first}`, lines, ownLines: lines - block.inner })
    outer.inner += lines
  }
  return spans
}

/** Offset where the parameters of the function begin whose body opens here; undefined for other braces. */
function signatureStart(code: string, brace: number): number | undefined {
  const before = code.slice(Math.max(0, brace - 400), brace)
  if (/=>\s*$/.test(before)) return brace
  const bare = /\)\s*$/.exec(before)
  const typed = bare ?? returnType.exec(before)
  if (typed === null) return undefined
  const close = brace - before.length + typed.index
  const open = matchingOpen(code, close)
  return open === undefined || control.test(code.slice(Math.max(0, open - 20), open)) ? undefined : open
}

function matchingOpen(code: string, close: number): number | undefined {
  let depth = 0
  for (let i = close; i >= 0; i--) {
    if (code[i] === ')') depth++
    if (code[i] === '(' && --depth === 0) return i
  }
  return undefined
}
