/** A decimal that keeps its digits: `6.50` says more than `6.5`. */
export class Decimal {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Json =
  | string
  | number
  | boolean
  | Decimal
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** Indented JSON text with decimals as written. */
export const jsonText = (value: Json, indent = ''): string => {
  if (value instanceof Decimal) return value.text
  if (typeof value !== 'object') return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    return block(
      '[',
      ']',
      value.map((element) => inner + jsonText(element, inner)),
      indent,
    )
  }
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${inner}${JSON.stringify(key)}: ${jsonText(member, inner)}`],
  )
  return block('{', '}', members, indent)
}

const block = (open: string, close: string, lines: readonly string[], indent: string): string =>
  lines.length === 0 ? open + close : `${open}\n${lines.join(',\n')}\n${indent}${close}`
