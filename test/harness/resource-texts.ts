/** End of the JSON value that begins at `from`: of an object, by its braces outside of strings. */
const endOfObject = (text: string, from: number): number => {
  let depth = 0
  let isString = false
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (isString) {
      if (char === '\\') at++
      else if (char === '"') isString = false
    } else if (char === '"') isString = true
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at + 1
  }
  throw new Error('an object does not end')
}

/**
 * The exact text of each resource of a bundle by its id. Written without the project's own JSON reader, to
 * judge that one; entries must hold `"resource":` nowhere but before their resource.
 */
export const resourceTexts = (bundleText: string): Map<string, string> => {
  const texts = new Map<string, string>()
  for (let at = bundleText.indexOf('"resource":'); at >= 0; at = bundleText.indexOf('"resource":', at)) {
    const start = bundleText.indexOf('{', at)
    at = endOfObject(bundleText, start)
    const text = bundleText.slice(start, at)
    texts.set((JSON.parse(text) as { id: string }).id, text)
  }
  return texts
}
