import { lineAt, type SourceFile } from './source-file.ts'

export interface FunctionSpan {
  readonly at: string
  readonly lines: number
}

const control = /\b(if|for|while|switch|catch|with)\s*(await\s*)?$/
// A return type between `)` and the body, as far as it can be told without parsing.
const returnType = /\)\s*:\s*[\w\s<>,.|&[\]'"?():=]*[\w>\]'")]\s*$/

/** The functions with a body of their own in a file, with their length from signature to closing brace. */
export function functionsOf({ file, code }: SourceFile): FunctionSpan[] {
  const spans: FunctionSpan[] = []
  const open: number[] = []
  for (let i = 0; i < code.length; i++) {
    if (code[i] === '{') open.push(i)
    if (code[i] !== '}') continue
    const start = open.pop()
    if (start === undefined) continue
    const signature = signatureStart(code, start)
    if (signature === undefined) continue
    const first = lineAt(code, signature)
    spans.push({ at: `${file}:${first}`, lines: lineAt(code, i) - first + 1 })
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
