import { stripVTControlCharacters } from 'node:util'
import { printable } from './printable.ts'

/** A column: its heading and, for numbers, that it stands to the right. */
export type Column = string | { readonly title: string; readonly align: 'right' }

const titleOf = (column: Column): string => (typeof column === 'string' ? column : column.title)

const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length

/** Rows under their headings, in columns as wide as needed; `empty` when there are none. */
export const tableText = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  empty = 'Nothing to show.',
): string => {
  if (rows.length === 0) return empty
  const lines = [columns.map(titleOf), ...rows.map((row) => row.map((cell) => printable(cell)))]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))))
  return lines
    .map((line) =>
      line
        .map((cell, index) => {
          const space = ' '.repeat((widths[index] ?? 0) - widthOf(cell))
          const column = columns[index]
          return typeof column === 'object' ? space + cell : cell + space
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Names and values, one below the other. */
export const factsText = (facts: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`).join('\n')
}
