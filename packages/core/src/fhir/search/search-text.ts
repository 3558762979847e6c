/** Splits at a separator that no backslash escapes (FHIR R4 §3.1.1.3); escapes stay as they are. */
export const splitEscaped = (text: string, separator: string): string[] => {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === separator) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

export const unescapeText = (text: string): string => text.replaceAll(/\\([\\,|$])/g, '$1')

/**
 * Percent-decoding that leaves what is no valid sequence alone, for people type `value-quantity=gt7||%`.
 * A plus sign stands for itself: it occurs in time zones.
 */
export const decodePercent = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
