/**
 * Replaces comments and the insides of string, template and regular-expression literals by spaces.
 * Keeps every offset and line. Code inside `${}` of a template stays. JSX text is taken for code,
 * which is why a quote that does not close on its line counts as a character of its own.
 */
export function blankLiterals(text: string): string {
  const out = text.split('')
  const templates: number[] = [] // open braces since each enclosing `${`
  let at = 0
  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' '
  }
  const skipTo = (end: number, keepEdges: boolean) => {
    blank(at + (keepEdges ? 1 : 0), end - (keepEdges ? 1 : 0))
    at = end
  }
  const template = () => {
    const end = templateEnd(text, at + 1)
    blank(at + 1, end.at)
    at = end.at + (end.opens ? 2 : 1)
    if (end.opens) templates.push(0)
  }
  while (at < text.length) {
    const char = text[at] ?? ''
    const depth = templates.at(-1)
    if (text.startsWith('//', at)) skipTo(indexOrEnd(text, '\n', at), false)
    else if (text.startsWith('/*', at)) skipTo(Math.min(text.length, indexOrEnd(text, '*/', at) + 2), false)
    else if (char === "'" || char === '"') skipTo(stringEnd(text, at), true)
    else if (char === '`') template()
    else if (char === '/' && startsRegex(text, at)) skipTo(regexEnd(text, at), true)
    else if (depth === 0 && char === '}') {
      templates.pop()
      template()
    } else {
      if (depth !== undefined && char === '{') templates[templates.length - 1] = depth + 1
      if (depth !== undefined && char === '}') templates[templates.length - 1] = depth - 1
      at++
    }
  }
  return out.join('')
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from)
  return found === -1 ? text.length : found
}

/** Offset after the closing quote, or after the opening one when the line ends first. */
function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === text[start]) return i + 1
  }
  return start + 1
}

function templateEnd(text: string, from: number): { at: number; opens: boolean } {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '`') return { at: i, opens: false }
    else if (text.startsWith('${', i)) return { at: i, opens: true }
  }
  return { at: text.length, opens: false }
}

function startsRegex(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at).trimEnd()
  if (!/(^|[(,=:[!&|?{};<>+]|=>|\breturn|\bcase)$/.test(before)) return false
  return regexEnd(text, at) > at + 1
}

function regexEnd(text: string, start: number): number {
  let inClass = false
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '[') inClass = true
    else if (text[i] === ']') inClass = false
    else if (text[i] === '/' && !inClass) return i + 1
  }
  return start + 1
}
