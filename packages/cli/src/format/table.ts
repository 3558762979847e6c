import { stripVTControlCharacters } from 'node:util'
import { printable } from './printable.ts'

/** A column: its heading and, for numbers, that it stands to the right. */
export type Column = string | { readonly title: string; readonly align: 'right' }

const titleOf = (column: Column): string => (typeof column === 'string' ? column : column.title)

const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length

const GAP = 2

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Words in lines of at most so many columns; a longer word stays whole. */
const wrapped = (words: readonly string[], columns: number, gap = ' '): readonly string[] => {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + gap.length + widthOf(word) <= columns)
      lines[lines.length - 1] = `${last}${gap}${word}`
    else lines.push(word)
  }
  return lines
}

/** Columns narrowed to what is there, the widest first, none below its longest word; undefined when that is too much. */
const narrowed = (
  lines: readonly (readonly string[])[],
  widths: readonly number[],
  columns: number,
): readonly number[] | undefined => {
  const left = columns - GAP * (widths.length - 1)
  const least = widths.map((_, index) =>
    Math.max(...lines.flatMap((line) => (line[index] ?? '').split(' ').map(widthOf))),
  )
  if (sum(least) > left) return undefined
  const narrow = [...widths]
  while (sum(narrow) > left) {
    const spare = narrow.map((width, index) => (width > (least[index] ?? 0) ? width : 0))
    const widest = spare.indexOf(Math.max(...spare))
    narrow[widest] = (narrow[widest] ?? 0) - 1
  }
  return narrow
}

/** A row as a paragraph, its further lines indented: for a table that no terminal of this width can hold. */
const paragraph = (cells: readonly string[], columns: number): string => {
  const parts = cells
    .filter((cell) => cell !== '')
    .flatMap((cell) => (widthOf(cell) > columns - GAP ? wrapped(cell.split(' '), columns - GAP) : [cell]))
  return wrapped(parts, columns - GAP, ' '.repeat(GAP)).join(`\n${' '.repeat(GAP)}`)
}

/**
 * Rows under their headings; `empty` when there are none. The columns are as wide as needed where `columns` of the
 * terminal allow it; else cells break between words, and where even that is too wide each row is a paragraph.
 */
export const tableText = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  empty = 'Nothing to show.',
  width = Number.POSITIVE_INFINITY,
): string => {
  if (rows.length === 0) return empty
  const lines = [columns.map(titleOf), ...rows.map((row) => row.map((cell) => printable(cell)))]
  const natural = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))))
  const isTooWide = sum(natural) + GAP * (natural.length - 1) > width
  const widths = isTooWide ? narrowed(lines, natural, width) : natural
  if (widths === undefined) return lines.map((line) => paragraph(line, width)).join('\n')
  return lines
    .flatMap((line) => {
      const cells = line.map((cell, index) =>
        isTooWide ? wrapped(cell.split(' '), widths[index] ?? 0) : [cell],
      )
      return Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, row) =>
        cells.map((parts) => parts[row] ?? ''),
      )
    })
    .map((line) =>
      line
        .map((cell, index) => {
          const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)))
          const column = columns[index]
          return typeof column === 'object' ? space + cell : cell + space
        })
        .join(' '.repeat(GAP))
        .trimEnd(),
    )
    .join('\n')
}

/** Names and values, one below the other. */
export const factsText = (facts: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`).join('\n')
}
